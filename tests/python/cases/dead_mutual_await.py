# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: -14
# expect: deadlock x1 text~(?=.*parser)(?=.*loader)
# Two tasks await each other; the program hangs at 0 % CPU
import asyncio
import signal

tasks = {}


async def parse():
    await asyncio.sleep(0.02)
    return await tasks["loader"]


async def load():
    await asyncio.sleep(0.02)
    return await tasks["parser"]


async def main():
    tasks["parser"] = asyncio.create_task(parse(), name="parser")
    tasks["loader"] = asyncio.create_task(load(), name="loader")
    signal.alarm(2)
    await tasks["parser"]


asyncio.run(main())
