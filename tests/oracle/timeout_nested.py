# SPDX-License-Identifier: MIT
# Nested timeouts: which one expires first, which one swallows the cancellation, and the count of requests.
import asyncio
from tell import *

async def slow():
    try:
        await asyncio.sleep(10)
    finally:
        print("slow leaves", asyncio.current_task().cancelling())

async def nested(outer_s, inner_s, cleanup_s):
    try:
        async with asyncio.timeout(outer_s) as outer:
            try:
                async with asyncio.timeout(inner_s) as inner:
                    try:
                        await slow()
                    except asyncio.CancelledError:
                        await asyncio.sleep(cleanup_s)
                        raise
            except TimeoutError as e:
                print("inner timed out", inner.expired(), outer.expired(), type(e.__context__).__name__)
                await asyncio.sleep(0.05)
                print("after the inner")
    except TimeoutError as e:
        print("outer timed out", inner.expired(), outer.expired())
    print("cancelling", asyncio.current_task().cancelling())
    await asyncio.sleep(0)

async def main():
    print("inner first")
    await nested(10, 0.01, 0)
    print("outer first")
    await nested(0.01, 10, 0)
    print("inner first, outer after it")
    await nested(0.04, 0.01, 0)
    print("outer interrupts the cleanup of the inner")
    await nested(0.06, 0.01, 10)

asyncio.run(main())
