# SPDX-License-Identifier: MIT
import asyncio

async def slow():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("slow was cancelled")
        raise

async def stubborn():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        print("not impressed")
    return "done all the same"

async def nested(outer_seconds, inner_seconds):
    try:
        async with asyncio.timeout(outer_seconds) as outer:
            try:
                async with asyncio.timeout(inner_seconds) as inner:
                    await slow()
            except TimeoutError as e:
                print("inner", inner.expired(), outer.expired())
                print(type(e.__cause__).__name__, type(e.__context__).__name__)
    except TimeoutError:
        print("outer", inner.expired(), outer.expired())
    print("cancelling", asyncio.current_task().cancelling())

async def main():
    loop = asyncio.get_running_loop()
    await nested(10, 0.01)
    await nested(0.01, 10)
    await nested(0.01, 0.01)
    async with asyncio.timeout(0.01) as t:
        t.reschedule(loop.time() + 10)
        await asyncio.sleep(0.02)
    print("rescheduled", t.expired())
    try:
        async with asyncio.timeout(0.01):
            print(await stubborn())
    except TimeoutError as e:
        print("TimeoutError at the end", e.args)
    try:
        async with asyncio.timeout(0):
            print("a deadline that is past lets code run up to its first await")
            await asyncio.sleep(0.01)
            print("this is not to be seen")
    except TimeoutError:
        print("TimeoutError")
    try:
        async with asyncio.timeout(0.01):
            await asyncio.sleep(0)
            raise ValueError("the body's own")
    except ValueError as e:
        print(e)
    try:
        await asyncio.wait_for(slow(), 0.01)
    except TimeoutError as e:
        print("wait_for", type(e).__name__)
    print(await asyncio.wait_for(asyncio.sleep(0.01, "in time"), 1))

asyncio.run(main())
