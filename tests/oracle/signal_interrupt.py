# SPDX-License-Identifier: MIT
# SIGINT: the main task is cancelled, cleans up, and the run ends by KeyboardInterrupt; or the task swallows the cancellation.
import asyncio
import os
import signal
from tell import *

async def other():
    try:
        await asyncio.sleep(10)
    finally:
        print("the other leaves")

async def interrupted():
    task = asyncio.create_task(other())
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print("main cancelled", e, asyncio.current_task().cancelling())
        await asyncio.sleep(0.01)
        print("main has cleaned up")
        raise

async def swallows():
    asyncio.get_running_loop().call_soon(os.kill, os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("swallowed", asyncio.current_task().cancelling())
    return "result"

async def twice():
    loop = asyncio.get_running_loop()
    loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("first")
        loop.call_soon(os.kill, os.getpid(), signal.SIGINT)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as e:
            print("the run is ending already", e)
            raise

async def itself():
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0)
    print("this is not to be seen")

for main in interrupted, swallows, twice, itself:
    try:
        print(asyncio.run(main()))
    except KeyboardInterrupt as e:
        print(main.__name__, type(e).__name__, type(e.__context__).__name__)
    print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)
asyncio.run(interrupted())
