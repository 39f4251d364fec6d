# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, semaphore):
    await semaphore.acquire()
    print(name, "in", semaphore.locked())
    await asyncio.sleep(0)
    semaphore.release()
    print(name, "out")

async def main():
    try:
        asyncio.Semaphore(-1)
    except ValueError as error:
        print(error)
    semaphore = asyncio.Semaphore(2)
    tasks = [asyncio.create_task(worker(name, semaphore)) for name in "abcde"]
    await asyncio.sleep(0)
    print("locked", semaphore.locked())
    await semaphore.acquire()
    print("main in")
    semaphore.release()
    for task in tasks:
        await ended(task)
    print("locked", semaphore.locked())
    semaphore.release()
    for _ in range(3):
        await semaphore.acquire()
    print("three", semaphore.locked())

    closed = asyncio.Semaphore(0)
    tasks = [asyncio.create_task(worker(name, closed)) for name in "xyz"]
    await asyncio.sleep(0)
    closed.release()
    late = asyncio.create_task(worker("late", closed))
    closed.release()
    for task in (*tasks, late):
        await ended(task)

asyncio.run(main())
