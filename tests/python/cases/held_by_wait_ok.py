# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# env: AWRY_HELD_S=1
# expect: none
# asyncio.wait() holds failed members until the others are done, which takes longer than the threshold; then their errors are retrieved
import asyncio


async def fail(seconds=0):
    await asyncio.sleep(seconds)
    raise ValueError("early")


async def show(tasks):
    for task in tasks:
        await asyncio.sleep(0.1)
        print(type(task.exception()).__name__)


async def supervise(timeout):
    tasks = [asyncio.create_task(coroutine) for coroutine in (fail(), asyncio.sleep(1.8), fail(0.1), fail(0.2))]
    await asyncio.wait(tasks, timeout=timeout)
    await show(tasks)


async def main():
    given_up = asyncio.create_task(supervise(None))
    await asyncio.gather(supervise(None), supervise(30), asyncio.wait_for(supervise(None), 30))
    await given_up
    tasks = [asyncio.create_task(fail(0.1)), asyncio.create_task(asyncio.sleep(9))]
    await show((await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION))[0])
    tasks[1].cancel()


asyncio.run(main())
