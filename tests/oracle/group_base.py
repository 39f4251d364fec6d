# SPDX-License-Identifier: MIT
# KeyboardInterrupt and SystemExit of children and of the body are passed on as they are, not in a group.
import asyncio
import sys
from tell import *

async def child():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("child cancelled")
        raise ValueError("not seen")

async def body_exits(error):
    async with asyncio.TaskGroup() as group:
        group.create_task(child())
        await asyncio.sleep(0)
        raise error

async def fails():
    raise ValueError("first")

async def body_exits_after_an_error():
    async with asyncio.TaskGroup() as group:
        group.create_task(fails())
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            raise SystemExit(7)

async def main():
    for error in KeyboardInterrupt("from the body"), SystemExit(5):
        try:
            await body_exits(error)
        except BaseException as e:
            print(type(e).__name__, len(e.args))
    try:
        await body_exits_after_an_error()
    except BaseException as e:
        print(type(e).__name__, e.code)
    print("main goes on")

asyncio.run(main())

async def exits():
    raise SystemExit(3)

async def grouped():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(exits())
            group.create_task(child())
    except BaseException as e:
        print("group", type(e).__name__)
        raise

try:
    asyncio.run(grouped())
except SystemExit as e:
    print("run", e.code)
