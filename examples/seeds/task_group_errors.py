# SPDX-License-Identifier: MIT
import asyncio

async def might_fail(n: int):
    await asyncio.sleep(0.05)
    if n == 2:
        raise ValueError(f"Task {n} failed!")
    return n

async def main():
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(might_fail(1))
            tg.create_task(might_fail(2))  # Will fail
            tg.create_task(might_fail(3))
    except* ValueError as eg:
        # ExceptionGroup containing all ValueErrors
        print(f"Caught {len(eg.exceptions)} ValueError(s):")
        for exc in eg.exceptions:
            print(f"  - {exc}")

asyncio.run(main())
