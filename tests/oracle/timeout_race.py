# SPDX-License-Identifier: MIT
# A deadline and a completion in the same iteration.
import asyncio
from tell import *

async def waits(future, seconds):
    try:
        async with asyncio.timeout(seconds) as scope:
            result = await future
            print("completed", result, scope.expired())
        print("left", scope.expired())
        return "in time"
    except TimeoutError:
        print("timed out", scope.expired(), asyncio.current_task().cancelling())
        raise

async def main():
    loop = asyncio.get_running_loop()
    # the deadline is past when the scope is opened: the future is set before the timeout's callback runs
    for first in "result", "timeout":
        future = loop.create_future()
        if first == "result":
            loop.call_soon(future.set_result, first)
        task = asyncio.create_task(waits(future, 0))
        await asyncio.sleep(0)
        if first == "timeout":
            loop.call_soon(lambda f=future: f.done() or f.set_result(first))
        await outcome(first, task)
        state(first, task)
    # both timers are due in the same iteration, the future's first
    future = loop.create_future()
    when = loop.time() + 0.02
    loop.call_at(when, lambda: future.done() or future.set_result("by a timer"))
    async def at():
        async with asyncio.timeout_at(when) as scope:
            print(await future)
        print("not late", scope.expired())
    task = asyncio.create_task(at())
    await outcome("same time", task)
    state("same time", task)

asyncio.run(main())
