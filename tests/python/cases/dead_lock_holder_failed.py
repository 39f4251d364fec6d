# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"(waiter|again)")(?=.*has ended, and the lock is still taken)
# A task fails between acquire() and release(); the next waiter waits for ever
import asyncio


async def fails():
    await asyncio.sleep(0.01)
    raise LookupError("before the release")


async def careless(lock):
    await lock.acquire()
    await fails()
    lock.release()


async def main():
    lock = asyncio.Lock()
    careless_one = asyncio.create_task(careless(lock))
    await asyncio.wait([careless_one])
    print(careless_one.exception())
    waiter = asyncio.create_task(wait(lock), name="waiter")
    again = asyncio.create_task(wait(lock), name="again")
    for _ in range(10):
        await asyncio.sleep(0.1)
    waiter.cancel()
    again.cancel()
    await asyncio.wait([waiter, again])


async def wait(lock):
    await lock.acquire()


asyncio.run(main())
