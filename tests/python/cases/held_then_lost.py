# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_HELD_S=1
# expect: never-retrieved x1 line=14 task=job text~ConnectionError.*no route
# A failed task is in a list until it is reported as held, and then the list is dropped: one lost error
import asyncio

jobs = []


async def job():
    await asyncio.sleep(0.01)
    raise ConnectionError("no route")


async def main():
    jobs.append(asyncio.create_task(job(), name="job"))
    await asyncio.sleep(1.6)
    jobs.clear()
    await asyncio.sleep(0.05)


asyncio.run(main())
