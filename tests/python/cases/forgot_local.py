# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# silent: Coroutine created at
# expect: never-awaited x1 line=16 text~"detail": null
# A coroutine is in a local variable, and an early return forgets it: its origin is reported even the first time
import asyncio


async def load():
    await asyncio.sleep(0)


async def greet(cached):
    await asyncio.sleep(0)
    profile = load()
    if not cached:
        await profile


async def main():
    await greet(True)


asyncio.run(main())
