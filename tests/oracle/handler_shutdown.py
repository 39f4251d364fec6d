# SPDX-License-Identifier: MIT
# Tasks that are live when the main coroutine returns are cancelled and awaited, and their errors reach the handler.
import asyncio
from tell import *

def handler(loop, context):
    if "exception" not in context:
        return  # CPython reports the tasks started during the shutdown when it collects garbage, if ever
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
