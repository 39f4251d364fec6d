# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Expired timeouts take their cancellation back: timeout(), wait_for(), and a task that calls uncancel() on purpose
import asyncio


async def patient():
    late = 0
    for _ in range(3):
        try:
            async with asyncio.timeout(0.02):
                await asyncio.sleep(5)
        except TimeoutError:
            late += 1
    try:
        await asyncio.wait_for(asyncio.sleep(5), 0.02)
    except asyncio.TimeoutError:
        late += 1
    return late


async def stubborn():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        asyncio.current_task().uncancel()
    await asyncio.sleep(0.02)
    return "went on by right"


async def main():
    print(await asyncio.create_task(patient()))
    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0.02)
    task.cancel()
    print(await task)


asyncio.run(main())
