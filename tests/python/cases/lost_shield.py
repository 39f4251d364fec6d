# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved|unhandled-error x1 line=11 task=commit text~OSError.*disk full
# The caller of shield() gave up waiting; the shielded task fails afterwards
import asyncio


async def commit():
    await asyncio.sleep(0.1)
    raise OSError(28, "disk full")


async def save():
    try:
        await asyncio.wait_for(asyncio.shield(asyncio.create_task(commit(), name="commit")), 0.03)
    except asyncio.TimeoutError:
        print("slow, it will be saved in the background")


async def main():
    await save()
    await asyncio.sleep(0.2)


asyncio.run(main())
