# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def holder(lock):
    async with lock:
        await asyncio.sleep(0.5)
    print("holder is through")

async def main():
    lock = asyncio.Lock()
    task = asyncio.create_task(holder(lock))
    await asyncio.sleep(0)
    try:
        async with asyncio.timeout(0.01):
            await lock.acquire()
    except TimeoutError as error:
        print("too late", type(error.__context__).__name__, lock.locked())
    try:
        await asyncio.wait_for(lock.acquire(), 0.01)
    except TimeoutError as error:
        print("too late again", type(error.__cause__).__name__, lock.locked())
    async with asyncio.timeout(5):
        await lock.acquire()
    print("in time", task.done(), lock.locked())
    lock.release()
    await ended(task)

asyncio.run(main())
