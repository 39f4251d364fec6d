# SPDX-License-Identifier: MIT
# The loop's exception handler: callbacks that fail, of the loop, of a task, of a timer; a handler that fails; the default.
import asyncio
from tell import *

def handler(loop, context):
    where = context["message"].split("(")[0]
    print("handler:", where, type(context["exception"]).__name__, context["exception"])

def boom():
    print("boom")
    raise ValueError("in a callback")

def after():
    print("after")

def boom_done(task):
    raise KeyError("in a done callback")

async def work():
    return "result"

async def main():
    loop = asyncio.get_running_loop()
    print(loop.get_exception_handler() is None)
    loop.set_exception_handler(handler)
    print(loop.get_exception_handler() is handler)
    loop.call_soon(boom)
    loop.call_soon(after)
    loop.call_later(0.01, boom)
    await asyncio.sleep(0)
    task = asyncio.create_task(work())
    task.add_done_callback(boom_done)
    task.add_done_callback(lambda t: print("the next one"))
    print(await task)
    await asyncio.sleep(0.05)
    loop.call_exception_handler({"message": "said by hand(", "exception": ValueError("mine")})
    loop.set_exception_handler(None)
    loop.call_soon(boom)
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("main goes on")

asyncio.run(main())
