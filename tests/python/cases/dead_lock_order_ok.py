# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Two tasks acquire two locks in the same order; the second waits for 1.4 s, and then goes on
import asyncio


async def transfer(first, second, seconds):
    async with first:
        await asyncio.sleep(0.02)
        async with second:
            await asyncio.sleep(seconds)
            return "moved"


async def main():
    a, b = asyncio.Lock(), asyncio.Lock()
    print(await asyncio.gather(transfer(a, b, 1.4), transfer(a, b, 0.02)))


asyncio.run(main())
