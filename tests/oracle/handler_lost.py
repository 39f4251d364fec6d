# SPDX-License-Identifier: MIT
# Errors that are not retrieved reach the handler when the last reference is dropped; retrieved ones do not.
import asyncio
import gc
from tell import *

def handler(loop, context):
    print("handler:", context["message"], type(context["exception"]).__name__, context["exception"])

async def fails(name):
    raise ValueError(name)

async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(handler)
    task = asyncio.create_task(fails("lost"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print("still held")
    del task
    gc.collect()
    task = asyncio.create_task(fails("looked at"))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(type(task.exception()).__name__)
    del task
    gc.collect()
    future = loop.create_future()
    future.set_exception(KeyError("of a future"))
    del future
    gc.collect()
    future = loop.create_future()
    future.set_exception(KeyError("awaited"))
    try:
        await future
    except KeyError as e:
        print("awaited", e)
        del e
    del future
    gc.collect()
    print("end")

asyncio.run(main())
