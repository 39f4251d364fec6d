# SPDX-License-Identifier: MIT
# All tasks get their turns: sleep(0), done futures, tasks created in between, callbacks; and tasks that wake each other.
import asyncio
from tell import *

async def turns(name, count):
    for i in range(count):
        print(name, i)
        await asyncio.sleep(0)
    print(name, "ends")

async def ping(name, mine, other):
    for i in range(3):
        await mine.wait()
        mine.clear()
        print(name, i)
        other.set()

async def main():
    tasks = [asyncio.create_task(turns(name, n)) for name, n in (("a", 3), ("b", 2), ("c", 1))]
    await asyncio.sleep(0)
    print("main")
    tasks.append(asyncio.create_task(turns("late", 2)))
    asyncio.get_running_loop().call_soon(print, "callback")
    await asyncio.wait(tasks)
    one, two = asyncio.Event(), asyncio.Event()
    players = [asyncio.create_task(ping("ping", one, two)), asyncio.create_task(ping("pong", two, one))]
    spinner = asyncio.create_task(turns("spinner", 9))
    one.set()
    await asyncio.gather(*players, spinner)
    future = asyncio.get_running_loop().create_future()
    async def waits(name):
        print(name, await future)
    waiting = [asyncio.create_task(waits(name)) for name in "xyz"]
    await asyncio.sleep(0)
    future.set_result("woken")
    print("set")
    await waiting[2]
    print("main after z")
    await asyncio.wait(waiting)

asyncio.run(main())
