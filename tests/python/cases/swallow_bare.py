# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: swallowed-cancel x1 task=sync text~stop at THIS.py:21\b
# A bare except around the work: stop() cancels the task, which goes on with the next round, and ends later by itself
import asyncio


async def sync():
    rounds = 0
    while rounds < 3:
        try:
            await asyncio.sleep(0.1)
        except:
            pass
        rounds += 1
    return rounds


async def stop(task):
    task.cancel()
    await asyncio.wait([task])


async def main():
    task = asyncio.create_task(sync(), name="sync")
    await asyncio.sleep(0.05)
    await asyncio.create_task(stop(task), name="stopper")
    print("stopped after", task.result(), "rounds")


asyncio.run(main())
