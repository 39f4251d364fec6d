# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, barrier):
    for turn in range(3):
        index = await barrier.wait()
        print(name, turn, index, barrier.n_waiting)

async def main():
    try:
        asyncio.Barrier(0)
    except ValueError as error:
        print(error)
    barrier = asyncio.Barrier(3)
    tasks = [asyncio.create_task(worker(name, barrier)) for name in "ab"]
    await asyncio.sleep(0)
    print(barrier.parties, barrier.n_waiting, barrier.broken)
    tasks.append(asyncio.create_task(worker("c", barrier)))
    for task in tasks:
        await ended(task)
    print(barrier.parties, barrier.n_waiting, barrier.broken)
    print("more than it takes")
    tasks = [asyncio.create_task(worker(name, barrier)) for name in "uvwxyz"]
    for task in tasks:
        await ended(task)
    alone = asyncio.Barrier(1)
    print(await alone.wait(), await alone.wait())

asyncio.run(main())
