# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 line=13 task=announcer text~KeyError.*port
# A task is started and forgotten; it fails, and the program goes on without an error
import asyncio

SETTINGS = {"host": "127.0.0.1"}


async def announce(key):
    await asyncio.sleep(0.01)
    print("announcing", SETTINGS[key])


async def main():
    asyncio.create_task(announce("port"), name="announcer")
    await asyncio.sleep(0.1)
    print("up")


asyncio.run(main())
