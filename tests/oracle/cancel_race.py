# SPDX-License-Identifier: MIT
# A result and a cancellation in the same tick, in either order.
import asyncio
from tell import *

async def wait_for_it(future):
    return await future

async def main():
    loop = asyncio.get_running_loop()
    for order in "result first", "cancel first":
        future = loop.create_future()
        task = asyncio.create_task(wait_for_it(future))
        await asyncio.sleep(0)
        if order == "result first":
            future.set_result("the result")
            print(task.cancel("late"))
        else:
            print(task.cancel("early"), future.cancelled())
            try:
                future.set_result("the result")
            except asyncio.InvalidStateError:
                print("the future is done")
        await outcome(order, task)
        state(order, task)
    future = loop.create_future()
    task = asyncio.create_task(wait_for_it(future))
    await asyncio.sleep(0)
    future.set_exception(ValueError("the error"))
    task.cancel("over an error")
    await outcome("error first", task)
    future = loop.create_future()
    task = asyncio.create_task(wait_for_it(future))
    await asyncio.sleep(0)
    future.cancel("of the future")
    task.cancel("of the task")
    await outcome("both", task)
    state("both", task)

asyncio.run(main())
