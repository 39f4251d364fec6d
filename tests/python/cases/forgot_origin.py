# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_PYTHON_ORIGIN=4
# expect: never-awaited x1 line=15 text~load
# A coroutine lies in a local, and a way out in between forgets it: CPython was asked to remember where coroutines are made
import asyncio


async def load():
    await asyncio.sleep(0)


async def greet(cached):
    profile = load()
    await asyncio.sleep(0)
    if not cached:
        await profile


async def main():
    await greet(True)


asyncio.run(main())
