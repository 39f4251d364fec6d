# SPDX-License-Identifier: MIT
# The example of asyncio's documentation for exceptions that are never retrieved; with the argument "debug" in asyncio's debug mode.
import asyncio
import sys


async def bug():
    raise Exception("not consumed")


async def main():
    asyncio.create_task(bug())
    await asyncio.sleep(0.1)


asyncio.run(main(), debug="debug" in sys.argv)
