# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: -14
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"waits")(?=.*nothing is left)
# same: stdout
# A thread gives a future its result, but does not wake the loop, as call_soon_threadsafe() would, and ends
import asyncio
import signal
import threading
import time


async def wait_for_thread(future):
    await future


async def main():
    future = asyncio.get_running_loop().create_future()

    def compute():
        time.sleep(0.3)
        future.set_result(1)

    threading.Thread(target=compute).start()
    signal.alarm(2)
    await asyncio.create_task(wait_for_thread(future), name="waits")


asyncio.run(main())
