# SPDX-License-Identifier: MIT
# A handler that fails itself, one that exits, and callbacks that end the run.
import asyncio
from tell import *

def boom(error):
    raise error

def failing(loop, context):
    print("handler fails")
    raise KeyError("in the handler")

async def in_handler():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(failing)
    loop.call_soon(boom, ValueError("one"))
    loop.call_soon(boom, ValueError("two"))
    await asyncio.sleep(0.01)
    print("main goes on")

async def exits(error):
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(failing)
    loop.call_soon(boom, error)
    loop.call_soon(print, "not run before the end begins")
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print("main cancelled", e)
        raise

asyncio.run(in_handler())
for error in SystemExit(4), KeyboardInterrupt("by hand"):
    try:
        asyncio.run(exits(error))
    except BaseException as e:
        print(type(e).__name__, e)
