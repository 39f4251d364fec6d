# SPDX-License-Identifier: MIT
# wait_for: tasks that are done already, swallow the cancellation, fail, or are cancelled by others; a timeout of 0.
import asyncio
from tell import *

async def work(kind):
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print(kind, "cancelled", e)
        if kind == "swallows":
            return "kept"
        if kind == "fails":
            raise ValueError("instead")
        raise

async def waiter(task, seconds):
    return await asyncio.wait_for(task, seconds)

async def main():
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    done.set_result("done already")
    print(await asyncio.wait_for(done, 0), await asyncio.wait_for(done, -1), await asyncio.wait_for(done, None))
    failed = loop.create_future()
    failed.set_exception(ValueError("failed already"))
    for seconds in 0, 1, None:
        try:
            await asyncio.wait_for(failed, seconds)
        except ValueError as e:
            tell("failed", e)
    for kind in "obeys", "swallows", "fails":
        for seconds in 0.01, 0:
            task = asyncio.create_task(work(kind))
            if seconds:
                await asyncio.sleep(0)
            try:
                print("result", await asyncio.wait_for(task, seconds))
            except BaseException as e:
                tell(kind, e)
                print(type(e.__cause__).__name__)
            state(kind, task)
    task = asyncio.create_task(work("obeys"))
    one = asyncio.create_task(waiter(task, 10))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel("by another")
    await outcome("one", one)
    state("one", one)
    for kind in "obeys", "swallows", "fails":
        task = asyncio.create_task(work(kind))
        one = asyncio.create_task(waiter(task, 10))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        one.cancel("the waiter")
        await outcome("waiter", one)
        state("task", task)
        if not task.cancelled():
            task.exception()

asyncio.run(main())
