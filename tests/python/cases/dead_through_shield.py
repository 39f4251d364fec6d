# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"shields")(?=.*"shielded")
# A cycle through shield(), while the rest of the program goes on
import asyncio
import os

tasks = {}


async def awaits():
    await asyncio.sleep(0)
    await tasks["shields"]


async def shields():
    tasks["shielded"] = asyncio.create_task(awaits(), name="shielded")
    await asyncio.shield(tasks["shielded"])


async def main():
    tasks["shields"] = asyncio.create_task(shields(), name="shields")
    for _ in range(12):
        await asyncio.sleep(0.1)
    print(len(tasks), flush=True)
    os._exit(0)  # cancelling a cycle would be an endless recursion


asyncio.run(main())
