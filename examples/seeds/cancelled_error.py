# SPDX-License-Identifier: MIT
import asyncio

async def cancellable_task():
    try:
        print("Task: Starting work...")
        await asyncio.sleep(1)
        print("Task: Work complete")
    except asyncio.CancelledError:
        print("Task: Cancelled! Cleaning up...")
        # Perform cleanup
        await asyncio.sleep(0.01)
        print("Task: Cleanup done")
        raise  # Re-raise to propagate cancellation

async def main():
    task = asyncio.create_task(cancellable_task())
    
    await asyncio.sleep(0.1)
    print("Main: Cancelling task...")
    task.cancel()
    
    try:
        await task
    except asyncio.CancelledError:
        print("Main: Task was cancelled")

asyncio.run(main())
