# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=200
# expect: none
# same: stdout
# Only threads can wake the loop: one does so after a long time, and ends; so do the thread that it has started, and one of the executor
import asyncio
import threading
import time


async def main():
    loop = asyncio.get_running_loop()
    future, event = loop.create_future(), asyncio.Event()

    def second():
        time.sleep(0.7)
        loop.call_soon_threadsafe(event.set)

    def first():
        time.sleep(0.7)
        threading.Thread(target=second).start()
        loop.call_soon_threadsafe(future.set_result, 1)

    threading.Thread(target=first).start()
    print(await future)
    print(await event.wait())
    print(await asyncio.to_thread(time.sleep, 0.7))


asyncio.run(main())
