# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_PYTHON_ORIGIN=4
# expect: never-awaited x1 line=15 text~load
# A coroutine is in a local variable, and an early return forgets it: CPython tracks the origins of coroutines
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
