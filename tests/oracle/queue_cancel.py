# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def getter(name, queue):
    try:
        print(name, "got", await queue.get())
    except asyncio.CancelledError as error:
        print(name, "cancelled", error, queue.qsize())
        raise

async def putter(name, queue):
    try:
        await queue.put(name)
        print(name, "put", queue.qsize())
    except asyncio.CancelledError as error:
        print(name, "cancelled", error, queue.qsize())
        raise

async def getters(title, *steps):
    print(title)
    queue = asyncio.Queue()
    tasks = [asyncio.create_task(getter(name, queue)) for name in "abc"]
    await asyncio.sleep(0)
    for at in steps:
        if at < 0:
            queue.put_nowait("item")
        else:
            tasks[at].cancel("abc"[at])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(*[task.done() for task in tasks], queue.qsize())
    while not all(task.done() for task in tasks):
        await queue.put("rest")
        await asyncio.sleep(0)
    for task in tasks:
        await ended(task)

async def putters(title, *steps):
    print(title)
    queue = asyncio.Queue(1)
    queue.put_nowait("first")
    tasks = [asyncio.create_task(putter(name, queue)) for name in "abc"]
    await asyncio.sleep(0)
    for at in steps:
        if at < 0:
            print("got", queue.get_nowait())
        else:
            tasks[at].cancel("abc"[at])
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(*[task.done() for task in tasks], queue.qsize())
    while not queue.empty():
        print("got", await queue.get())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
    for task in tasks:
        await ended(task)

async def main():
    await getters("get: cancelled after the put", -1, 0)
    await getters("get: cancelled before the put", 0, -1)
    await getters("get: the one behind, too", -1, 0, 1)
    await getters("get: two items, the second cancelled", -1, -1, 1)
    await getters("get: all, after the put", -1, 0, 1, 2)
    await putters("put: cancelled while full", 0)
    await putters("put: cancelled after the get", -1, 0)
    await putters("put: cancelled before the get", 0, -1)
    await putters("put: the one behind, too", -1, 0, 1)
    await putters("put: all, after the get", -1, 0, 1, 2)

asyncio.run(main())
