# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: held-error x1 line=14 task=query text~(?=.*RuntimeError)(?=.*"why": "timeout")
# A timeout interrupts a library, which wraps the CancelledError; the task is kept, and its error is not retrieved
import asyncio
import os


async def driver():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError as error:
        raise RuntimeError("the query was interrupted") from error


async def query():
    async with asyncio.timeout(0.02):
        await driver()


async def main():
    main.task = asyncio.create_task(query(), name="query")
    await asyncio.sleep(0.1)
    os._exit(0)


asyncio.run(main())
