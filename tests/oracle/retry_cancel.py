# SPDX-License-Identifier: MIT
from error_story import parts
from resilience_twin import *

class Real:
    ns = 0
    async def sleep(self, ns):
        await asyncio.sleep(ns / 10**9)

async def never():
    print("in the attempt")
    await asyncio.sleep(1000)

async def story(fn, steps):
    async def run():
        try:
            await retry(fn, Real(), base=1000 * 10**9)
        except BaseException as e:
            parts(e)
            raise
    task = asyncio.create_task(run())
    for _ in range(steps):
        await asyncio.sleep(0)
    task.cancel("stop")
    try:
        await task
    except asyncio.CancelledError as e:
        print("cancelled", e, task.cancelled())

async def waits():
    task = asyncio.create_task(story(script("."), 3))
    await task
    await story(never, 3)
    try:
        async with asyncio.timeout(0.01):
            await retry(never, Real())
    except TimeoutError as e:
        print(type(e).__name__, asyncio.current_task().cancelling())

asyncio.run(waits())
