# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: -2
# expect: none
# allow: never-retrieved
# KeyboardInterrupt is raised inside a task: it ends the program with a traceback, so it is not lost
import asyncio


async def console():
    await asyncio.sleep(0.02)
    raise KeyboardInterrupt


async def main():
    task = asyncio.create_task(console(), name="console")
    await asyncio.sleep(5)
    await task


asyncio.run(main())
