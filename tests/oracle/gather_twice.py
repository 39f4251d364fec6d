# SPDX-License-Identifier: MIT
# The same coroutine, task or future several times in one gather; an empty gather; futures that are done already.
import asyncio
from tell import *

async def work(name):
    print(name, "runs")
    await asyncio.sleep(0)
    return name

async def fails():
    await asyncio.sleep(0)
    raise ValueError("once")

async def main():
    coro = work("coroutine")
    print(*await asyncio.gather(coro, coro, work("other"), coro))
    task = asyncio.create_task(work("task"))
    print(*await asyncio.gather(task, work("between"), task))
    print(*await asyncio.gather(task, task))
    print(len(await asyncio.gather()))
    bad = fails()
    results = await asyncio.gather(bad, bad, return_exceptions=True)
    print(results[0] is results[1], *(str(r) for r in results))
    future = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_soon(future.set_result, "set")
    print(*await asyncio.gather(future, future))

asyncio.run(main())
