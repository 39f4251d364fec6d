# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_HELD_S=1
# expect: held-error x1 text~never looked at
# expect: held-error x1 text~its wait is cancelled
# expect: held-error x1 text~ended its wait
# A task waits for others by asyncio.wait(), goes on, and keeps them: the error of one that failed early is not retrieved
import asyncio
import os


async def fail(message):
    raise ValueError(message)


async def main():
    kept = [asyncio.create_task(fail("never looked at")), asyncio.create_task(asyncio.sleep(0.3))]
    await asyncio.wait(kept)
    first = [asyncio.create_task(fail("ended its wait")), asyncio.create_task(asyncio.sleep(9))]
    await asyncio.wait(first, return_when=asyncio.FIRST_EXCEPTION)
    others = [asyncio.create_task(fail("its wait is cancelled")), asyncio.create_task(asyncio.sleep(9))]
    waiter = asyncio.create_task(asyncio.wait(others))
    await asyncio.sleep(0.1)
    waiter.cancel()
    await asyncio.sleep(2.5)
    print(len(kept), len(first), len(others), flush=True)
    os._exit(0)


asyncio.run(main())
