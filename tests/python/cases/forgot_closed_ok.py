# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Coroutines that are closed on purpose, or cancelled as tasks before their first step
import asyncio


async def job(n):
    await asyncio.sleep(0)
    return n


async def main():
    jobs = [job(n) for n in range(4)]
    print(await jobs[0])
    for unused in jobs[1:]:
        unused.close()
    task = asyncio.create_task(job(9))
    task.cancel()
    try:
        await task
    except asyncio.CancelledError:
        print("cancelled before it began")


asyncio.run(main())
