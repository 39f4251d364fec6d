# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 line=18 task=rude text~Rude
# The lost error's __str__ and __repr__ fail themselves; awry must survive, and still report type and place
import asyncio


class Rude(Exception):
    def __str__(self):
        raise RuntimeError("not now")

    __repr__ = __str__


async def job():
    await asyncio.sleep(0.01)
    raise Rude()


async def main():
    asyncio.create_task(job(), name="rude")
    await asyncio.sleep(0.1)
    print("still here")


asyncio.run(main())
