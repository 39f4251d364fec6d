# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, queue):
    while True:
        item = await queue.get()
        await asyncio.sleep(0)
        print(name, "did", item)
        queue.task_done()

async def joiner(name, queue):
    try:
        await queue.join()
    except asyncio.CancelledError:
        print(name, "cancelled")
        raise
    print(name, "joined", queue.qsize())

async def main():
    queue = asyncio.Queue()
    await queue.join()
    print("nothing to wait for")
    for item in range(5):
        queue.put_nowait(item)
    joiners = [asyncio.create_task(joiner(name, queue)) for name in "jk"]
    await asyncio.sleep(0)
    workers = [asyncio.create_task(worker(name, queue)) for name in "ab"]
    joiners[1].cancel()
    for task in joiners:
        await ended(task)
    try:
        queue.task_done()
    except ValueError as error:
        print(error)
    queue.put_nowait("more")
    late = asyncio.create_task(joiner("late", queue))
    await ended(late)
    for task in workers:
        task.cancel()
        await ended(task)

    queue.put_nowait("x")
    late = asyncio.create_task(joiner("raced", queue))
    await asyncio.sleep(0)
    queue.get_nowait()
    queue.task_done()
    queue.put_nowait("y")
    await ended(late)

asyncio.run(main())
