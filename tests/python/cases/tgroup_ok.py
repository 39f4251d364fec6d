# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Nested groups; each error is handled by an except*, and one group by split()
import asyncio


async def fail(error):
    await asyncio.sleep(0.01)
    raise error


async def inner():
    async with asyncio.TaskGroup() as group:
        group.create_task(fail(KeyError("a")))
        group.create_task(fail(OSError("b")))


async def outer():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(inner())
            group.create_task(asyncio.sleep(5))
    except* KeyError:
        print("a key")


async def main():
    try:
        await outer()
    except ExceptionGroup as e:
        print(e.split(OSError)[1], len(e.exceptions))


asyncio.run(main())
