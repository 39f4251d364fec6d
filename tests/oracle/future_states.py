# SPDX-License-Identifier: MIT
# A future in each of its states: the result of each call.
import asyncio
from tell import *

def ask(what, call):
    try:
        print(what, call())
    except BaseException as e:
        tell(what, e)

def ask_all(name, future):
    print(name, future.done(), future.cancelled())
    ask("result", future.result)
    ask("exception", future.exception)

async def main():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    ask_all("pending", future)
    future.set_result("result")
    ask_all("result", future)
    ask("set_result", lambda: future.set_result(1))
    ask("set_exception", lambda: future.set_exception(ValueError()))
    print(future.cancel())
    future = loop.create_future()
    future.set_exception(ValueError("error"))
    print("error", future.done(), future.cancelled())
    ask("result", future.result)
    print(type(future.exception()).__name__)
    ask("set_result", lambda: future.set_result(1))
    future = loop.create_future()
    print(future.cancel("message"), future.cancel("again"))
    ask_all("cancelled", future)
    ask("set_result", lambda: future.set_result(1))
    async def nothing():
        await asyncio.sleep(0)
        return "task"
    task = asyncio.create_task(nothing())
    ask_all("pending task", task)
    await task
    ask_all("task", task)

asyncio.run(main())
