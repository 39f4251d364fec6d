# SPDX-License-Identifier: MIT
import asyncio

async def might_fail(n: int):
    await asyncio.sleep(0.05)
    if n == 2:
        raise ValueError(f"Task {n} failed!")
    return "Task succeeded"

async def main():
    try:
        result = await might_fail(2)
    except ValueError as e:
        print(f"Caught: {e}")

asyncio.run(main())
