# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, semaphore):
    await semaphore.acquire()
    print(name, "in")
    await asyncio.sleep(0)
    semaphore.release()

async def main():
    try:
        asyncio.BoundedSemaphore(-2)
    except ValueError as error:
        print(error)
    semaphore = asyncio.BoundedSemaphore(1)
    try:
        semaphore.release()
    except ValueError as error:
        print(error)
    await semaphore.acquire()
    tasks = [asyncio.create_task(worker(name, semaphore)) for name in "ab"]
    await asyncio.sleep(0)
    semaphore.release()
    for task in tasks:
        await ended(task)
    try:
        semaphore.release()
    except ValueError as error:
        print(error)
    print("locked", semaphore.locked())

    never = asyncio.BoundedSemaphore(0)
    print("locked", never.locked())
    try:
        never.release()
    except ValueError as error:
        print(error)

asyncio.run(main())
