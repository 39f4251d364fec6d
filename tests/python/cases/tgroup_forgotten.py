# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 line=11/15 task=session text~(?=.*unhandled errors in a TaskGroup)(?=.*ConnectionRefusedError.*upstream)
# A forgotten task ends with an exception group of one error: the group's message is generic, the error inside is specific
import asyncio


async def connect(host):
    await asyncio.sleep(0.01)
    raise ConnectionRefusedError(111, f"upstream {host} refused")


async def session():
    async with asyncio.TaskGroup() as group:
        group.create_task(connect("10.0.0.7"), name="connect")
        group.create_task(asyncio.sleep(5), name="keepalive")


async def main():
    asyncio.create_task(session(), name="session")
    await asyncio.sleep(0.1)
    print("no session")


asyncio.run(main())
