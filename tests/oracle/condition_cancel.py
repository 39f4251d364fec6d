# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def waiter(name, condition):
    await condition.acquire()
    try:
        await condition.wait()
        print(name, "goes on")
    except asyncio.CancelledError as error:
        print(name, "cancelled, and has the lock", condition.locked(), asyncio.current_task().cancelling())
        raise
    finally:
        condition.release()

async def quiet(condition):
    async with condition:
        await condition.wait()

async def main():
    lock = asyncio.Lock()
    condition = asyncio.Condition(lock)
    spawn = lambda name: asyncio.create_task(waiter(name, condition))

    print("while it waits, and the lock is free")
    a, b = map(spawn, "ab")
    await asyncio.sleep(0)
    a.cancel()
    await ended(a)

    print("while it waits, and the lock is held")
    async with lock:
        b.cancel()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        print("not yet", b.done())
    await ended(b)

    print("while it takes the lock again")
    a = spawn("a")
    await asyncio.sleep(0)
    async with lock:
        condition.notify()
        await asyncio.sleep(0)
        a.cancel("one")
        await asyncio.sleep(0)
        a.cancel("two")
        await asyncio.sleep(0)
        print("not yet", a.done())
    try:
        await a
    except asyncio.CancelledError:
        print("CancelledError")

    print("another waits meanwhile")
    a, b = map(spawn, "ab")
    await asyncio.sleep(0)
    async with lock:
        a.cancel()
        condition.notify()
    await ended(a)
    await ended(b)

    print("notified, and cancelled before it runs")
    a, b = (asyncio.create_task(quiet(condition)) for _ in "ab")
    await asyncio.sleep(0)
    async with lock:
        condition.notify()
        a.cancel()
    await ended(a)
    await asyncio.sleep(0.001)
    print("the other was woken", b.done())   # differs: 3.11 loses the notification; 3.13 does not
    if not b.done():
        async with lock:
            condition.notify()
    await ended(b)

asyncio.run(main())
