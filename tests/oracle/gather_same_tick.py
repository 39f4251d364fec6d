# SPDX-License-Identifier: MIT
# Two errors in the same iteration, an error and a cancellation, an error after the caller has gone on.
import asyncio
from tell import *

async def fails(name, ticks):
    for _ in range(ticks):
        await asyncio.sleep(0)
    print(name, "fails")
    raise ValueError(name)

async def returns(name, ticks):
    for _ in range(ticks):
        await asyncio.sleep(0)
    print(name, "returns")
    return name

async def main():
    for first, second in (1, 1), (2, 1), (1, 2):
        try:
            await asyncio.gather(fails("first", first), fails("second", second), returns("third", 1))
        except ValueError as e:
            tell("gather", e)
        for _ in range(3):
            await asyncio.sleep(0)
        print("--")
    task = asyncio.create_task(returns("cancelled", 9))
    await asyncio.sleep(0)
    task.cancel("it alone")
    try:
        await asyncio.gather(fails("beside", 0), task)
    except BaseException as e:
        tell("gather", e)
    results = await asyncio.gather(fails("x", 1), returns("y", 0), fails("z", 0), return_exceptions=True)
    print(*(f"{type(r).__name__}:{r}" for r in results))

asyncio.run(main())
