# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def producer(name, queue):
    for i in range(4):
        await queue.put(f"{name}{i}")
        print("put", f"{name}{i}", queue.qsize(), queue.full())

async def consumer(name, queue):
    for i in range(4):
        item = await queue.get()
        print(name, "got", item, queue.qsize(), queue.empty())

async def main():
    queue = asyncio.Queue(2)
    print(queue.maxsize, queue.qsize(), queue.empty(), queue.full())
    tasks = [asyncio.create_task(of) for of in (
        producer("p", queue), consumer("x", queue), producer("q", queue), consumer("y", queue))]
    for task in tasks:
        await ended(task)
    print(queue.maxsize, queue.qsize(), queue.empty(), queue.full())
    try:
        queue.get_nowait()
    except asyncio.QueueEmpty as error:
        print(type(error).__name__, error)
    queue.put_nowait("one")
    queue.put_nowait("two")
    try:
        queue.put_nowait("three")
    except asyncio.QueueFull as error:
        print(type(error).__name__, error)
    print(queue.get_nowait(), queue.get_nowait())

    endless = asyncio.Queue()
    for i in range(100):
        await endless.put(i)
        if i % 3 == 0:
            endless.get_nowait()
    print(endless.qsize(), endless.full(), *[endless.get_nowait() for _ in range(endless.qsize())])

asyncio.run(main())
