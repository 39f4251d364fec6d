# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# silent: Coroutine created at
# expect: never-awaited x1 line=34 text~dropped here; where it was made is not known
# expect: never-awaited x1 line=23 text~"detail": null
# The same function's coroutine is forgotten twice, when the thread has made so many coroutines so fast that CPython is not asked any more where they
# are made: the second time it is known
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
    while True:  # so fast that awry's allowance (1,000 a second) cannot have come again, also on a busy machine
        begin = time.monotonic()
        for _ in range(BURST):
            await nothing()
        if time.monotonic() - begin < 0.25:
            await greet()
            break
    await greet()


asyncio.run(main())
