# SPDX-License-Identifier: MIT
# as_completed left early, and one of its tasks cancelled while it is waited for.
import asyncio
from tell import *

async def work(name, ticks):
    try:
        for _ in range(ticks):
            await asyncio.sleep(0)
    except asyncio.CancelledError as e:
        print(name, "cancelled", e)
        raise
    print(name, "done")
    return name

async def first_of(tasks):
    for one in asyncio.as_completed(tasks):
        return await one

async def main():
    tasks = [asyncio.create_task(work(name, n)) for name, n in (("slow", 9), ("fast", 2), ("middle", 5))]
    print("first", await first_of(tasks))
    for task in tasks:
        state("task", task)
    # tasks that are done already come in no particular order
    print(*sorted([await one for one in asyncio.as_completed(tasks)]))
    tasks = [asyncio.create_task(work(name, n)) for name, n in (("one", 20), ("two", 3))]
    await asyncio.sleep(0)
    tasks[0].cancel("in between")
    for one in asyncio.as_completed(tasks):
        try:
            print("then", await one)
        except asyncio.CancelledError:
            print("then CancelledError")

asyncio.run(main())
