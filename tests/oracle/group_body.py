# SPDX-License-Identifier: MIT
# The body of a group raises, alone or with its children; tasks that are created too late; a group that is used again.
import asyncio
from tell import *

async def child(name, fails):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError:
        if name != "two":  # CPython cancels the members of a group in the arbitrary order of a set
            print(name, "cancelled")
        if fails:
            raise ValueError(name)
        raise

async def fails_at_once(name):
    raise KeyError(name)

def members(e):
    print(type(e).__name__, e, *(f"{type(m).__name__}:{m.args[0]}" for m in e.exceptions))

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("one", False))
            await asyncio.sleep(0)
            raise RuntimeError("the body")
    except BaseExceptionGroup as e:
        members(e)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(child("one", True))
            group.create_task(child("two", False))
            await asyncio.sleep(0)
            raise RuntimeError("the body")
    except BaseExceptionGroup as e:
        members(e)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails_at_once("early"))
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                raise RuntimeError("while cancelled")
    except BaseExceptionGroup as e:
        members(e)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(fails_at_once("swallowed by the body"))
            try:
                await asyncio.sleep(10)
            except asyncio.CancelledError:
                print("the body goes on")
                late = child("late", False)
                try:
                    group.create_task(late)
                except RuntimeError as e:
                    print(type(e).__name__, str(e).split(">")[-1].strip())
                    late.close()
            await asyncio.sleep(0)
    except BaseExceptionGroup as e:
        members(e)

asyncio.run(main())
