# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# same: stdout
# A gather() of the same task several times is awaited long enough to be checked, and another gather() of it meanwhile
import asyncio


async def answer():
    await asyncio.sleep(0.1)
    return 1


async def also(task):
    return await asyncio.gather(task, task)


async def main():
    task, other = asyncio.create_task(answer()), asyncio.create_task(answer())
    second = asyncio.create_task(also(task))
    print(await asyncio.gather(task, other, task, task))
    print(await second)


asyncio.run(main())
