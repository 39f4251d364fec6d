# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def waiter(name, event):
    try:
        await event.wait()
    except asyncio.CancelledError:
        print(name, "cancelled", event.is_set())
        raise
    print(name, "goes on", event.is_set())

async def main():
    event = asyncio.Event()
    spawn = lambda name: asyncio.create_task(waiter(name, event))
    a, b, c = map(spawn, "abc")
    await asyncio.sleep(0)
    event.set()
    event.clear()
    late = spawn("late")
    b.cancel()
    await asyncio.sleep(0)
    print("pulsed", late.done())
    for task in (a, b, c):
        await ended(task)
    late.cancel()
    event.set()
    await ended(late)
    event.set()
    await event.wait()
    print("at once", event.is_set())
    event.clear()
    d = spawn("d")
    await asyncio.sleep(0)
    event.set()
    event.clear()
    event.set()
    await ended(d)
    asyncio.get_running_loop().call_soon(event.clear)
    e = spawn("e")
    asyncio.get_running_loop().call_later(0.005, event.set)
    await ended(e)
    f = spawn("f")
    asyncio.get_running_loop().call_later(0.01, event.set)
    await ended(f)

asyncio.run(main())
