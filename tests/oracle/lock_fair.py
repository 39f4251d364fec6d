# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, lock):
    print(name, "wants it")
    await lock.acquire()
    print(name, "has it")
    await asyncio.sleep(0)
    lock.release()
    print(name, "gave it")

async def main():
    lock = asyncio.Lock()
    await lock.acquire()
    print("at once", lock.locked())
    a, b = (asyncio.create_task(worker(name, lock)) for name in "ab")
    await asyncio.sleep(0)
    lock.release()
    print("released", lock.locked())
    c = asyncio.create_task(worker("c", lock))
    await lock.acquire()
    print("main has it")
    lock.release()
    for task in (a, b, c):
        await ended(task)
    print("free", lock.locked())
    try:
        lock.release()
    except RuntimeError as error:
        print(error)

asyncio.run(main())
