# SPDX-License-Identifier: MIT
import asyncio

async def task(n):
    if n == 1:
        raise ValueError("Value error")
    elif n == 2:
        raise TypeError("Type error")
    elif n == 3:
        raise RuntimeError("Runtime error")
    return n

async def main():
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(task(1))
            tg.create_task(task(2))
            tg.create_task(task(3))
    except* Exception as eg:
        for exc in eg.exceptions:
            print(f"Exception: {type(exc).__name__}: {exc}")

asyncio.run(main())
