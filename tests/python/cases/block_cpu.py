# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BLOCKED_MS=250
# expect: blocked-loop x1 task=work text~<lambda> at THIS.py:11.*compute at THIS.py:17.*Work.run at THIS.py:22
# A computation that calls from Python through C into Python again: the frames of both calls are listed, in order
import asyncio
import itertools
import time

spin = lambda end: sum(range(20000)) < 0 or time.thread_time() >= end


def compute(seconds):
    end = time.thread_time() + seconds
    # all of the time is spent in the function, the clock's reading, too
    return any(map(spin, itertools.repeat(end)))


class Work:
    async def run(self):
        return compute(0.8)


async def main():
    await asyncio.sleep(0.05)
    print(await asyncio.create_task(Work().run(), name="work"))


asyncio.run(main())
