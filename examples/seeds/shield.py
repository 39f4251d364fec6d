# SPDX-License-Identifier: MIT
import asyncio

async def critical_operation():
    print("Critical: Starting (cannot be cancelled)")
    await asyncio.sleep(0.2)
    print("Critical: Complete")
    return "important result"

async def main():
    # Shield protects from external cancellation
    critical = asyncio.create_task(critical_operation())

    async def shielded():  # asyncio.create_task(asyncio.shield(…)) is a TypeError
        return await asyncio.shield(critical)

    task = asyncio.create_task(shielded())
    
    await asyncio.sleep(0.05)
    print("Main: Attempting to cancel...")
    task.cancel()
    
    try:
        result = await task
        print(f"Result: {result}")
    except asyncio.CancelledError:
        print("Main: Task was cancelled (but operation continued)")
        print(f"Result: {await critical}")

asyncio.run(main())
