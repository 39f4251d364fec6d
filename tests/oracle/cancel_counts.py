# SPDX-License-Identifier: MIT
# Cancellation requests that are counted, taken back, and still delivered.
import asyncio
from tell import *

async def counted():
    me = asyncio.current_task()
    me.cancel("one")
    me.cancel("two")
    print("asked", me.cancelling())
    print("taken back", me.uncancel(), me.uncancel(), me.uncancel())
    try:
        await asyncio.sleep(0)
        print("not delivered")
    except asyncio.CancelledError as e:
        print("delivered all the same", e)  # differs: 3.11 delivers a request that was taken back before it was delivered, 3.13 does not
    me.cancel("three")
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError as e:
        print("delivered", e, me.cancelling())
    await asyncio.sleep(0)
    print("goes on", me.uncancel(), me.cancelling())
    me.cancel("four")
    return "returned in spite of it"

async def main():
    task = asyncio.create_task(counted())
    await outcome("end", task)
    state("task", task)
    print(task.uncancel(), task.uncancel())

asyncio.run(main())
