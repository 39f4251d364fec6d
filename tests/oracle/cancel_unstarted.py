# SPDX-License-Identifier: MIT
# Cancelled before the first step: alone, in a gather, in a group, and with the request taken back.
import asyncio
from tell import *

async def never(name):
    print(name, "runs")
    return name

async def main():
    task = asyncio.create_task(never("alone"))
    print(task.cancel("a"), task.cancel("b"), task.cancelling())
    await outcome("alone", task)
    task = asyncio.create_task(never("gathered"))
    task.cancel("c")
    other = asyncio.create_task(never("other"))
    try:
        await asyncio.gather(other, task)
    except asyncio.CancelledError as e:
        tell("gather", e)
    state("other", other)
    async with asyncio.TaskGroup() as group:
        member = group.create_task(never("member"))
        member.cancel("d")
        group.create_task(never("sibling"))
    await outcome("member", member)
    task = asyncio.create_task(never("twice"))
    task.cancel("e")
    waiter = asyncio.create_task(asyncio.wait([task]))
    waiter.cancel("f")
    await outcome("waiter", waiter)
    await outcome("twice", task)

asyncio.run(main())
