# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# The same, and the shielded task is awaited once more at the end
import asyncio


async def commit():
    await asyncio.sleep(0.1)
    raise OSError(28, "disk full")


async def main():
    task = asyncio.create_task(commit(), name="commit")
    try:
        await asyncio.wait_for(asyncio.shield(task), 0.03)
    except asyncio.TimeoutError:
        print("slow")
    try:
        await task
    except OSError as e:
        print("not saved:", e.strerror)


asyncio.run(main())
