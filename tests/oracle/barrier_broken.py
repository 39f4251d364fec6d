# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def worker(name, barrier):
    try:
        print(name, await barrier.wait())
    except (asyncio.BrokenBarrierError, asyncio.CancelledError) as error:
        print(name, type(error).__name__, error, barrier.broken, barrier.n_waiting)

async def main():
    barrier = asyncio.Barrier(3)
    spawn = lambda name: asyncio.create_task(worker(name, barrier))
    look = lambda: print(barrier.n_waiting, barrier.broken)

    print("abort")
    a, b = map(spawn, "ab")
    await asyncio.sleep(0)
    await barrier.abort()
    late = spawn("late")
    for task in (a, b, late):
        await ended(task)
    look()

    print("reset mends it")
    await barrier.reset()
    look()
    a, b = map(spawn, "ab")
    await asyncio.sleep(0)
    look()

    print("reset while some wait, and more come")
    await barrier.reset()
    c, d, e = map(spawn, "cde")
    for task in (a, b, c, d, e):
        await ended(task)
    look()

    print("one is cancelled, and the others wait for one more")
    a, b = map(spawn, "ab")
    await asyncio.sleep(0)
    a.cancel()
    await ended(a)
    look()
    c = spawn("c")
    await asyncio.sleep(0)
    look()
    d = spawn("d")
    for task in (b, c, d):
        await ended(task)
    look()

    print("cancelled when the barrier has let it go")
    a, b, c = map(spawn, "abc")
    await asyncio.sleep(0)
    b.cancel()
    for task in (a, b, c):
        await ended(task)
    look()

    print("abort while it drains")
    a, b, c = map(spawn, "abc")
    await asyncio.sleep(0)
    await barrier.abort()
    for task in (a, b, c):
        await ended(task)
    look()

asyncio.run(main())
