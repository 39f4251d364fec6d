# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=200
# expect: deadlock x1 text~(?=.*"a-one")(?=.*"a-other")
# expect: deadlock x1 text~(?=.*"b-one")(?=.*"b-other")
# same: stdout
# Two cycles that no timeout ends: wait() with a timeout, and a timeout around shield(), do not cancel the tasks
import asyncio


async def both(first, second):
    async with first:
        await asyncio.sleep(0.01)
        async with second:
            return True


def circle(name):
    a, b = asyncio.Lock(), asyncio.Lock()
    return (asyncio.create_task(both(a, b), name=name + "-one"), asyncio.create_task(both(b, a), name=name + "-other"))


async def shields(task):
    return await asyncio.shield(task)


async def end(tasks):
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def main():
    tasks = circle("a")
    done, pending = await asyncio.wait(tasks, timeout=0.9)
    print(len(done), len(pending))
    await end(tasks)
    tasks = circle("b")
    try:
        async with asyncio.timeout(0.9):
            await asyncio.create_task(shields(tasks[0]))
    except TimeoutError:
        print("timeout")
    await end(tasks)


asyncio.run(main())
