# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-awaited x1 line=23 text~dropped here; where it was made is not known
# expect: never-awaited x1 line=14 text~"detail": null
# The same function's coroutine is forgotten twice: the second time it is known where it was made
import asyncio
import sys


async def greet():
    async def load():
        pass
    profile = load()
    await asyncio.sleep(0)
    return profile is None


async def main():
    print(sys.get_coroutine_origin_tracking_depth())
    for _ in range(2):
        await asyncio.sleep(0)
        await greet()


asyncio.run(main())
