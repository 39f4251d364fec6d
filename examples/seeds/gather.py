# SPDX-License-Identifier: MIT
import asyncio

async def task(n):
    await asyncio.sleep(n * 0.02)
    if n == 2:
        raise ValueError(f"Task {n} failed!")
    if n == 3:
        print("task(3) was not cancelled")
    return n

async def main():
    # Default: First exception propagates; the others are not cancelled
    try:
        results = await asyncio.gather(
            task(1),
            task(2),  # Fails
            task(3)
        )
    except ValueError as e:
        print(f"Error: {e}")
    
    # With return_exceptions: All complete, exceptions in results
    results = await asyncio.gather(
        task(1),
        task(2),
        task(3),
        return_exceptions=True
    )
    
    for i, result in enumerate(results):
        if isinstance(result, Exception):
            print(f"Task {i+1}: Error - {result}")
        else:
            print(f"Task {i+1}: Success - {result}")

asyncio.run(main())
