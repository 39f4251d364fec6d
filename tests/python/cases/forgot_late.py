# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-awaited x1 line=27 text~"detail": null
# A coroutine is forgotten late in a program that has used much processor time, but creates few coroutines: its origin is known
import asyncio
import time


async def nothing():
    pass


async def load():
    await nothing()


async def main():
    for _ in range(20_000):  # more than the first budget
        await nothing()
    while time.thread_time() < 0.3:
        pass
    for _ in range(30):
        await asyncio.sleep(0.05)
        for _ in range(10):
            await nothing()
    profile = load()
    await nothing()
    del profile
    await nothing()


asyncio.run(main())
