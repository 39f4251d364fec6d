# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# The same task, awaited long after it failed, and its error handled
import asyncio

SETTINGS = {"host": "127.0.0.1"}


async def announce(key):
    await asyncio.sleep(0.01)
    print("announcing", SETTINGS[key])


async def main():
    task = asyncio.create_task(announce("port"), name="announcer")
    await asyncio.sleep(0.2)
    try:
        await task
    except KeyError as e:
        print("not announced:", e)


asyncio.run(main())
