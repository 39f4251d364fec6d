# SPDX-License-Identifier: MIT
# wait: its three modes, several done at once, a timeout, cancelled tasks, and a cancelled waiter.
import asyncio
from tell import *

async def work(ticks, kind="returns"):
    for _ in range(ticks):
        await asyncio.sleep(0)
    if kind == "fails":
        raise ValueError(kind)
    if kind == "cancels":
        asyncio.current_task().cancel()
        await asyncio.sleep(0)
    if kind == "stays":
        await asyncio.sleep(10)

async def main():
    def spawn(*kinds):
        return [asyncio.create_task(work(ticks, kind)) for ticks, kind in kinds]
    async def report(what, tasks, **options):
        done, pending = await asyncio.wait(tasks, **options)
        print(what, len(done), len(pending), *(str(t in done) for t in tasks))
    async def end(tasks):
        for t in tasks:
            t.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    tasks = spawn((3, "returns"), (1, "returns"), (1, "fails"), (5, "stays"))
    await report("first", tasks, return_when=asyncio.FIRST_COMPLETED)
    await report("again", tasks, return_when=asyncio.FIRST_COMPLETED)
    await report("exception", tasks, return_when=asyncio.FIRST_EXCEPTION)
    await report("timeout", tasks, timeout=0.01)
    await end(tasks)
    await report("all", tasks)
    tasks = spawn((1, "cancels"), (2, "returns"), (3, "fails"), (1, "stays"))
    await report("a cancelled one is no exception", tasks, return_when=asyncio.FIRST_EXCEPTION)
    await report("no time", tasks, timeout=0)
    await end(tasks)
    tasks = spawn((1, "stays"), (1, "stays"))
    waiter = asyncio.create_task(asyncio.wait(tasks))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    waiter.cancel("the waiter")
    await outcome("waiter", waiter)
    print("tasks go on", *(str(t.done()) for t in tasks))
    await end(tasks)
    try:
        await asyncio.wait([])
    except ValueError as e:
        tell("nothing", e)

asyncio.run(main())
