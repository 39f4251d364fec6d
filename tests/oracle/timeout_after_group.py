# SPDX-License-Identifier: MIT
# A timeout after groups that failed, and around one: in 3.11 a group whose body had ended does not take its cancellation request back.
import asyncio
from tell import *

async def fails():
    raise ValueError("in the group")

async def interrupted():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
            await asyncio.sleep(10)
    except* ValueError as e:
        print(type(e).__name__, e)

async def around():
    try:
        async with asyncio.timeout(0.01) as scope:
            async with asyncio.TaskGroup() as group:
                group.create_task(asyncio.sleep(10))
                group.create_task(asyncio.sleep(10))
        print("this is not to be seen")
    except BaseException as e:
        return type(e).__name__, scope.expired()

async def main():
    await interrupted()
    print("the body was interrupted", asyncio.current_task().cancelling())
    print("around a group", *await around())
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails())
    except* ValueError as e:
        print(type(e).__name__, e)
    print("the body had ended", asyncio.current_task().cancelling())  # differs: fixed in 3.13, where the group takes its request back
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(10)
    except BaseException as e:
        print("timed out", type(e).__name__)  # differs: fixed in 3.13, a TimeoutError: the count is right again
    print("around another", *await around())  # differs: as before, a TimeoutError
    try:
        async with asyncio.timeout(10):
            async with asyncio.TaskGroup() as group:
                group.create_task(fails())
    except* ValueError as e:
        print(type(e).__name__, e)
    print("in a scope", asyncio.current_task().cancelling())  # differs: as before: two requests are left now

asyncio.run(main())
