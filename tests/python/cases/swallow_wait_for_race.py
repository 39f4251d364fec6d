# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: swallowed-cancel x1 task=request text~main at THIS.py:22\b
# expect[3.12+]: none
# The result and the cancellation come in the same iteration; up to 3.11 wait_for() returns the result and drops the cancellation
import asyncio


async def request(answer, log):
    await asyncio.wait_for(answer, 5)
    log.append("answered")
    await asyncio.sleep(0.05)
    log.append("went on")


async def main():
    log, answer = [], asyncio.get_running_loop().create_future()
    task = asyncio.create_task(request(answer, log), name="request")
    await asyncio.sleep(0.02)
    answer.set_result(1)
    task.cancel()
    await asyncio.wait([task])
    print(log, task.cancelled())


asyncio.run(main())
