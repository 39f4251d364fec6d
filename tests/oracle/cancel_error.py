# SPDX-License-Identifier: MIT
# Other errors raised while a cancellation is handled: the task's outcome, and its cause and context.
import asyncio
from tell import *

async def raises():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        raise ValueError("while handling")

async def from_none():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        raise KeyError("from none") from None

async def waits_and_raises():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        await asyncio.sleep(0)
        raise RuntimeError("late")

async def replaces():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        former = e
    raise asyncio.CancelledError("another") from former

async def main():
    for worker in raises, from_none, waits_and_raises, replaces:
        task = asyncio.create_task(worker())
        await asyncio.sleep(0)
        task.cancel("stop")
        try:
            await task
        except BaseException as e:
            tell_chain(worker.__name__, e)
            print(type(e.__cause__).__name__, e.__suppress_context__)
        state("task", task)

asyncio.run(main())
