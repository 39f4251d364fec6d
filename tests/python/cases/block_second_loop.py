# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BLOCKED_MS=250
# expect: blocked-loop x1 line=14 task=slow text~slow_call at THIS.py:14.*work at THIS.py:19
# Two loops on two threads, and the second one is blocked: the frames are those of its own thread
import asyncio
import threading
import time


def slow_call():
    # the main thread's loop goes on meanwhile
    time.sleep(0.6)


async def work():
    await asyncio.sleep(0.01)
    slow_call()


async def second():
    await asyncio.create_task(work(), name="slow")


async def main():
    thread = threading.Thread(target=lambda: asyncio.run(second()))
    thread.start()
    while thread.is_alive():
        await asyncio.sleep(0.01)
    thread.join()


asyncio.run(main())
