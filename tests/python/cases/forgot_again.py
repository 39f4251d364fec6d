# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# silent: Coroutine created at
# expect: never-awaited x1 line=34 text~dropped here; where it was made is not known
# expect: never-awaited x1 line=23 text~"detail": null
# The same function's coroutine is forgotten twice, after the thread has created so many coroutines so fast that CPython no longer tracks
# their origins: the second time, the origin is known
import asyncio
import sys
import time

BURST = 20_000


async def nothing():
    pass


async def greet():
    async def load():
        pass
    profile = load()
    await nothing()
    return profile is None


async def main():
    while True:  # until a burst was so fast that awry's budget (1,000 a second) was not renewed, even on a busy machine
        begin = time.monotonic()
        for _ in range(BURST):
            await nothing()
        if time.monotonic() - begin < 0.25:
            await greet()
            break
    await greet()


asyncio.run(main())
