# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BLOCKED_MS=250
# expect: blocked-loop x1 line=14 task=health text~nanosleep.*pause at THIS.py:14.*check at THIS.py:20
# A coroutine sleeps in the loop's thread: the Python frames follow the native ones of time.sleep()
import asyncio
import time


def pause():
    # the line is that of the call, not of the function
    x = 1
    time.sleep(0.6 * x)
    return "ok"


async def check():
    await asyncio.sleep(0)
    return pause()


async def main():
    await asyncio.sleep(0.05)
    print(await asyncio.create_task(check(), name="health"))


asyncio.run(main())
