# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_STARVED_MS=300
# expect: starved-task x1 task=worker
# Other code runs a loop now and then, and pauses while one of its tasks is ready; it happens twice, and is reported once
import asyncio
import time


async def work(steps):
    for _ in range(8):
        await asyncio.sleep(0)
        steps.append(1)


async def one_step():
    await asyncio.sleep(0)


loop = asyncio.new_event_loop()
steps = []
worker = loop.create_task(work(steps), name="worker")
for pause in (0, 0.6, 0, 0.6, 0, 0):
    loop.run_until_complete(one_step())
    time.sleep(pause)
loop.run_until_complete(worker)
print(len(steps))
loop.close()
