# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BLOCKED_MS=250
# expect: blocked-loop x1 line=13 task=- text~wait_for_lock at THIS.py:13
# A timer's callback waits for a lock of another thread: the finding has no task, but the thread's stack
import asyncio
import threading


def wait_for_lock(lock):
    # the other thread releases the lock after 0.6 s
    with lock:
        print("locked")


async def main():
    lock = threading.Lock()
    lock.acquire()
    threading.Timer(0.6, lock.release).start()
    asyncio.get_running_loop().call_later(0.01, wait_for_lock, lock)
    await asyncio.sleep(0.1)


asyncio.run(main())
