# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# silent: Coroutine created at
# expect: never-awaited x3 line=16
# A dict of coroutines: the first one fails, and the others are dropped with the error's traceback, far from where they were created
import asyncio


async def step(number):
    await asyncio.sleep(0)
    raise LookupError(number)


async def move():
    steps = {number: step(number) for number in range(4)}
    for number in sorted(steps):
        await steps[number]


async def main():
    try:
        await move()
    except LookupError as error:
        print(error)


asyncio.run(main())
