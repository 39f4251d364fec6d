# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 line=19 task=push text~ConnectionRefusedError.*broker
# The documentation's own recipe (a set, and discard as done callback) keeps the task alive, but not its error
import asyncio

background = set()


def spawn(coro, name):
    task = asyncio.create_task(coro, name=name)
    background.add(task)
    task.add_done_callback(background.discard)


async def push(event):
    await asyncio.sleep(0.01)
    raise ConnectionRefusedError(111, "the broker is down")


async def main():
    spawn(push({"id": 1}), "push")
    await asyncio.sleep(0.1)
    print(len(background), "in the background")


asyncio.run(main())
