# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_HELD_S=1
# expect: none
# A gather() holds the error of one member until the other one is done, which takes longer than the threshold
import asyncio
import os


async def fail():
    raise ValueError("early")


async def main():
    early = asyncio.create_task(fail())
    outer = asyncio.gather(early, asyncio.sleep(30), return_exceptions=True)
    await asyncio.sleep(1.6)
    print(outer.done())
    os._exit(0)


asyncio.run(main())
