# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BLOCKED_MS=250
# expect: blocked-loop x1 task=work text~<lambda> at THIS.py:11.*compute at THIS.py:(18|19|20).*Work.run at THIS.py:26
# A computation that calls from Python through C into Python again: the frames of both calls are listed, in order
import asyncio
import functools
import time

spin = lambda total, number: total + sum(range(number))


def compute(seconds):
    end = time.thread_time() + seconds
    rounds = 0
    numbers = [20000] * 50
    while time.thread_time() < end:
        functools.reduce(spin, numbers, 0)
        rounds += 1
    return rounds > 0


class Work:
    async def run(self):
        return compute(0.8)


async def main():
    await asyncio.sleep(0.05)
    print(await asyncio.create_task(Work().run(), name="work"))


asyncio.run(main())
