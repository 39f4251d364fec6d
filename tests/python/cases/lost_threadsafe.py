# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x3 line=16 text~LookupError
# Threads start coroutines by run_coroutine_threadsafe(), and drop the futures at once, or after a while
import asyncio
import threading


async def store(number):
    if number % 2 == 0:
        await asyncio.sleep(0)
    if number > 2:
        return number
    # asyncio itself retrieves this task's error, and sets it in a future that was dropped
    raise LookupError(number)


def bridge(loop, begun):
    for number in range(5):
        asyncio.run_coroutine_threadsafe(store(number), loop)
    begun.set()


async def main():
    begun = threading.Event()
    thread = threading.Thread(target=bridge, args=(asyncio.get_running_loop(), begun))
    thread.start()
    await asyncio.to_thread(begun.wait)
    thread.join()
    await asyncio.sleep(0.05)


asyncio.run(main())
