# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x48 line=15 task=send-* text~FloodWait.*wait a while
# A bot edits a status message in separate tasks; all 48 fail with the same error
import asyncio


class FloodWait(Exception):
    pass


async def edit_status(i):
    await asyncio.sleep(0.001)
    raise FloodWait("wait a while")


async def download():
    for i in range(48):
        asyncio.create_task(edit_status(i), name=f"send-{i}")
        await asyncio.sleep(0.002)


async def main():
    await download()
    await asyncio.sleep(0.05)
    print("downloaded")


asyncio.run(main())
