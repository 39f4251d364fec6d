# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# silent: Coroutine created at
# expect: never-awaited x1 line=29 text~dropped here; where it was made is not known
# expect: never-awaited x1 line=17 text~"detail": null
# The same function's coroutine is forgotten twice, when the loop's thread has used so much of the processor that CPython is not asked
# any more where coroutines are made: the second time it is known
import asyncio
import sys
import time


async def greet():
    async def load():
        pass
    profile = load()
    await asyncio.sleep(0)
    return profile is None


async def main():
    while time.thread_time() < 0.5:  # of the processor, not of the clock
        await asyncio.sleep(0)
    if sys.get_coroutine_origin_tracking_depth() != 0:
        sys.exit(3)
    for _ in range(2):
        await asyncio.sleep(0)
        await greet()


asyncio.run(main())
