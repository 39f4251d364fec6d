# SPDX-License-Identifier: MIT
# What still runs when the main coroutine returns: cancelled, waited for, and its errors told to the handler.
import asyncio
from tell import *

def handler(loop, context):
    if "exception" not in context:
        return  # CPython tells of the second generation when it collects garbage, if ever
    print("handler:", context["message"], type(context["exception"]).__name__, context["exception"], context["task"].get_name())

async def stray(name, kind, ticks):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        for _ in range(ticks):
            await asyncio.sleep(0)
        print(name, "cleans up", e)
        if kind == "fails":
            raise ValueError(name)
        if kind == "spawns":
            asyncio.create_task(stray("second generation", "obeys", 0), name="second")
            await asyncio.sleep(0)
        if kind == "waits":
            await asyncio.sleep(0.01)
            print(name, "has waited")
        if kind == "swallows":
            return
        raise

async def main():
    asyncio.get_running_loop().set_exception_handler(handler)
    tasks = [asyncio.create_task(stray(kind, kind, 1 + 3 * i), name="stray " + kind)
             for i, kind in enumerate(["obeys", "fails", "swallows", "spawns", "waits"])]
    await asyncio.sleep(0)
    main.tasks = tasks
    print("main returns")
    return "result"

print(asyncio.run(main()))
for task in main.tasks:
    print(task.get_name(), task.done(), task.cancelled())
