# SPDX-License-Identifier: MIT
import asyncio

def show(e, depth=0):
    print("  " * depth + f"{type(e).__name__}: {e.message if isinstance(e, BaseExceptionGroup) else e}")
    for child in getattr(e, "exceptions", ()):
        show(child, depth + 1)

async def work(n, seconds):
    try:
        await asyncio.sleep(seconds)
    except asyncio.CancelledError:
        if n != 2:  # asyncio keeps a group's tasks in a set, and cancels them in its arbitrary order
            print(f"{n} cancelled")
        if n == 3:
            raise TypeError("while cancelled")
        raise
    raise ValueError(f"{n}")

async def main():
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work(1, 0.01))
            group.create_task(work(2, 5))
            group.create_task(work(3, 5))
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError as e:
                print("the body was cancelled")
                raise
    except* Exception as group:
        show(group)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(work(4, 5))
            await asyncio.sleep(0)
            raise KeyError("body")
    except* Exception as group:
        show(group)
    try:
        async with asyncio.TaskGroup() as outer:
            outer.create_task(work(5, 0.05))
            async with asyncio.TaskGroup() as inner:
                inner.create_task(work(6, 0.01))
    except* Exception as group:
        show(group)
    print("the end", asyncio.current_task().cancelled())

asyncio.run(main())
