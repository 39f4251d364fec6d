# SPDX-License-Identifier: MIT
# as_completed: the order of ends, errors among the results, tasks that are done already, duplicates.
import asyncio
from tell import *

async def work(seconds, name):
    await asyncio.sleep(seconds)
    if name.startswith("bad"):
        raise ValueError(name)
    return name

async def run(what, items, timeout=None):
    for one in asyncio.as_completed(items, timeout=timeout):
        try:
            print(what, await one)
        except Exception as e:
            tell(what, e)

async def main():
    await run("ends", [work(0.06, "c"), work(0.02, "a"), work(0.04, "bad b"), work(0.08, "d")])
    done = asyncio.create_task(work(0, "done"))
    await done
    late = asyncio.create_task(work(0.02, "late"))
    await run("mixed", [late, done])
    task = asyncio.create_task(work(0.01, "only once"))
    await run("twice", [task, task, task])
    slow = [asyncio.create_task(work(s, str(s))) for s in (0.02, 5, 6)]
    await run("timeout", slow, 0.05)
    print(*(str(t.done()) for t in slow), *(str(t.cancelling()) for t in slow))
    await run("nothing", [])
    cancelled = asyncio.create_task(work(5, "cancelled"))
    cancelled.cancel("it alone")
    try:
        await run("cancelled", [cancelled])
    except asyncio.CancelledError as e:
        tell("out of the loop", e)
    waiter = asyncio.create_task(run("waiter", [slow[1]]))
    await asyncio.sleep(0)
    waiter.cancel("the waiter")
    await outcome("waiter", waiter)
    state("slow", slow[1])

asyncio.run(main())
