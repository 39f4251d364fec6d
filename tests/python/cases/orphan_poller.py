# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_ORPHAN_MS=300
# expect: orphan-task x1 line=19 task=poller
# A request starts a task and ends; nothing but the loop's timer refers to the task
import asyncio

seen = []


async def poll():
    while True:
        await asyncio.sleep(0.05)
        seen.append(1)


async def request():
    asyncio.create_task(poll(), name="poller")


async def main():
    await asyncio.create_task(request())
    await asyncio.sleep(1.2)
    print(len(seen) > 3)


asyncio.run(main())
