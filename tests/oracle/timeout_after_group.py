# SPDX-License-Identifier: MIT
# A timeout after a group that failed, and around one: in 3.11 the group's request to cancel was never taken back.
import asyncio
from tell import *

async def fails():
    raise ValueError("in the group")

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
            await asyncio.sleep(10)
    except* ValueError as e:
        print(type(e).__name__, e)
    print("cancelling", asyncio.current_task().cancelling())  # differs: mended in 3.13, where the group takes its request back
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except BaseException as e:
        print("timed out", type(e).__name__)  # differs: mended in 3.13, a TimeoutError
    try:
        async with asyncio.timeout(0.01) as scope:
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(10))
                group.create_task(asyncio.sleep(10))
        print("this is not to be seen")
    except BaseException as e:
        print("around a group", type(e).__name__, scope.expired())  # differs: as before: the count was never right again

asyncio.run(main())
