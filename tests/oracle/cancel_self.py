# SPDX-License-Identifier: MIT
# A task that cancels itself: at an await, in a finally, through a coroutine, and at its end.
import asyncio
from tell import *

async def deep(levels):
    if levels == 0:
        asyncio.current_task().cancel("from below")
        print("still here")
        await asyncio.sleep(0)
        print("this is not to be seen")
    try:
        await deep(levels - 1)
    finally:
        print("level", levels)

async def at_the_end():
    asyncio.current_task().cancel("too late to be delivered")
    return "result"

async def raises_at_the_end():
    asyncio.current_task().cancel("too late")
    raise ValueError("instead")

async def waits_for_done_things():
    me = asyncio.current_task()
    done = asyncio.get_running_loop().create_future()
    done.set_result(1)
    me.cancel("at a done future")
    print(await done)
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError as e:
        tell("then", e)

async def main():
    for worker in deep(2), at_the_end(), raises_at_the_end(), waits_for_done_things():
        task = asyncio.create_task(worker)
        await outcome("end", task)
        state("task", task)

asyncio.run(main())
