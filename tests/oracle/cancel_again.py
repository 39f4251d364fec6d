# SPDX-License-Identifier: MIT
# A second and a third cancellation, each during the clean-up of the previous one.
import asyncio
from tell import *

async def inner():
    try:
        await asyncio.sleep(10)
    finally:
        print("inner leaves")

async def worker():
    try:
        await inner()
    except asyncio.CancelledError as first:
        print("first", first)
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError as second:
            print("second", second, second.__context__ is first)
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError as third:
                print("third", third, third.__context__ is second, asyncio.current_task().cancelling())
                raise

async def main():
    task = asyncio.create_task(worker())
    for word in "one", "two", "three":
        await asyncio.sleep(0)
        print(task.cancel(word), task.cancelling())
    try:
        await task
    except asyncio.CancelledError as e:
        tell_chain("end", e)
    state("task", task)
    print(task.cancel("four"), task.cancelling())

asyncio.run(main())
