# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# A group's failing child cancels its siblings and the body; the parent handles the error and goes on (3.11 leaves its cancel count at 1)
import asyncio


async def bad():
    await asyncio.sleep(0.02)
    raise ValueError("bad child")


async def parent():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(bad())
            group.create_task(asyncio.sleep(5))
            await asyncio.sleep(5)
    except* ValueError as e:
        print("handled", e.exceptions)
    await asyncio.sleep(0.02)
    return "went on"


async def main():
    print(await asyncio.create_task(parent(), name="parent"))


asyncio.run(main())
