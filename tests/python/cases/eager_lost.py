# SPDX-License-Identifier: MIT
# python: 3.12+
# expect: never-retrieved x1 line=15 task=load
# expect: never-retrieved x1 line=20 task=7
# expect: never-retrieved x1 line=15 task=Task-2
# expect[3.13]: never-retrieved x1 line=15 task=load
# expect[3.13]: never-retrieved x1 line=20 task=7
# expect[3.13]: never-retrieved x1 line=15 task=[TN]*
"""Eager tasks: some fail within create_task(). Each has the name that asyncio gives it, which is "None" in 3.13.0."""
import asyncio
import gc


async def now():
    raise ValueError("at once")


async def soon():
    await asyncio.sleep(0.01)
    raise ValueError("later")


async def main():
    loop = asyncio.get_running_loop()
    loop.set_task_factory(asyncio.eager_task_factory)
    asyncio.create_task(now())
    asyncio.create_task(now(), name="load")
    asyncio.create_task(soon(), name=7)
    await asyncio.sleep(0.1)
    gc.collect()


asyncio.run(main())
