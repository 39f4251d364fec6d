# SPDX-License-Identifier: MIT
import asyncio

async def work():
    try:
        print("working")
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print("cleaning up", e.args)
        try:
            await asyncio.sleep(0.02)
            print("cleaned up")
        except asyncio.CancelledError as again:
            print("a second cancel", again.args, again.__context__ is e)
            raise
        raise

async def swallow():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("swallowed", asyncio.current_task().cancelling())
    await asyncio.sleep(0)
    print("uncancel", asyncio.current_task().uncancel())
    return "alive"

async def never():
    print("this is not to be seen")

async def end(task):
    try:
        print(await task, task.cancelled())
    except asyncio.CancelledError as e:
        print("CancelledError", e.args, task.cancelled())

async def main():
    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    print(task.cancel("enough"))
    await end(task)
    print(task.cancel("too late"))

    task = asyncio.create_task(work())
    await asyncio.sleep(0)
    task.cancel("once")
    await asyncio.sleep(0)
    task.cancel("twice")
    await end(task)

    task = asyncio.create_task(swallow())
    await asyncio.sleep(0)
    task.cancel()
    await end(task)

    task = asyncio.create_task(never())
    task.cancel("before it began")
    await end(task)

asyncio.run(main())
