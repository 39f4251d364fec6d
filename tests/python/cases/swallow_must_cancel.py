# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: swallowed-cancel x1 task=feed text~main at THIS.py:23\b
# cancel() is called when the awaited future is done already: no cancelled future wakes the task, the CancelledError is thrown into its next step
import asyncio


async def feed(item):
    try:
        await item
    except asyncio.CancelledError:
        pass
    await asyncio.sleep(0.05)
    return "fed"


async def main():
    item = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(feed(item), name="feed")
    await asyncio.sleep(0.02)
    item.set_result("item")
    task.cancel()
    print(await task)


asyncio.run(main())
