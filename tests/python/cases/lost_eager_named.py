# SPDX-License-Identifier: MIT
# python: 3.12+
# exit: 0
# expect: never-retrieved x1 task=at-once text~ValueError
# An eager task fails before it gets its name
import asyncio


async def fail():
    raise ValueError("at once")


async def main():
    asyncio.get_running_loop().set_task_factory(asyncio.eager_task_factory)
    asyncio.create_task(fail(), name="at-once")
    await asyncio.sleep(0.01)


asyncio.run(main())
