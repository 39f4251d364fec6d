# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# The same recipe with a done callback that retrieves the error and logs it
import asyncio

background = set()


def finished(task):
    background.discard(task)
    if not task.cancelled() and (error := task.exception()) is not None:
        print("push failed:", error)


def spawn(coro, name):
    task = asyncio.create_task(coro, name=name)
    background.add(task)
    task.add_done_callback(finished)


async def push(event):
    await asyncio.sleep(0.01)
    raise ConnectionRefusedError(111, "the broker is down")


async def main():
    spawn(push({"id": 1}), "push")
    await asyncio.sleep(0.1)


asyncio.run(main())
