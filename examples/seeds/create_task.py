# SPDX-License-Identifier: MIT
import asyncio

async def background_task():
    await asyncio.sleep(0.1)
    raise RuntimeError("Background task failed!")

async def main():
    task = asyncio.create_task(background_task())
    
    # Do other work
    await asyncio.sleep(0.05)
    print("Main: still working...")
    
    # Exception raised when awaited
    try:
        await task
    except RuntimeError as e:
        print(f"Main: caught - {e}")

asyncio.run(main())
