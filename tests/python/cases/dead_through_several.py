# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"gathers")(?=.*"gathered")
# expect: deadlock x1 text~(?=.*"waits for all")(?=.*"waited for")
# expect: deadlock x1 text~(?=.*"has a group")(?=.*"of the group")
# Cycles through gather(), wait() and a task group, while the rest of the program goes on
import asyncio
import os

tasks = {}


async def awaits(name):
    await asyncio.sleep(0)
    await tasks[name]


async def gathers():
    tasks["gathered"] = asyncio.create_task(awaits("gathers"), name="gathered")
    await asyncio.gather(tasks["gathered"], asyncio.sleep(0.02))


async def waits_for_all():
    tasks["waited for"] = asyncio.create_task(awaits("waits for all"), name="waited for")
    await asyncio.wait([tasks["waited for"], asyncio.create_task(asyncio.sleep(1000))])


async def has_a_group():
    async with asyncio.TaskGroup() as group:
        tasks["of the group"] = group.create_task(awaits("has a group"), name="of the group")
        group.create_task(asyncio.sleep(0.02))


async def main():
    for function in gathers, waits_for_all, has_a_group:
        name = function.__name__.replace("_", " ")
        tasks[name] = asyncio.create_task(function(), name=name)
    for _ in range(12):
        await asyncio.sleep(0.1)
    print(len(tasks), flush=True)
    os._exit(0)  # cancelling a cycle would be an endless recursion


asyncio.run(main())
