# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"one")(?=.*"other")(?=.*Semaphore.acquire)
# expect: deadlock x1 text~(?=.*"page (1|2)")(?=.*"link of \d")(?=.*Semaphore.acquire)
# expect: deadlock x1 text~(?=.*"has the lock")(?=.*"has the semaphore")
# Cycles through semaphores, while the rest of the program goes on: two that are acquired in opposite order; a crawler whose pages hold
# all permits while they wait for their links; a semaphore and a lock
import asyncio


async def both(first, second):
    async with first:
        await asyncio.sleep(0.01)
        async with second:
            return True


async def link(slots):
    async with slots:
        return True


async def page(slots, number):
    async with slots:
        await asyncio.sleep(0.01)
        links = [asyncio.create_task(link(slots), name=f"link of {number}") for _ in range(2)]
        await asyncio.gather(*links)


async def bystander(slots):
    for _ in range(30):
        async with slots:
            await asyncio.sleep(0.02)


async def main():
    a, b, c = asyncio.Semaphore(), asyncio.BoundedSemaphore(1), asyncio.Semaphore(1)
    slots, lock, wide = asyncio.Semaphore(2), asyncio.Lock(), asyncio.Semaphore(2)
    tasks = [asyncio.create_task(both(a, b), name="one"), asyncio.create_task(both(b, a), name="other"),
             asyncio.create_task(page(slots, 1), name="page 1"), asyncio.create_task(page(slots, 2), name="page 2"),
             asyncio.create_task(both(lock, c), name="has the lock"),
             asyncio.create_task(both(c, lock), name="has the semaphore")]
    await asyncio.wait([asyncio.create_task(bystander(wide), name="bystander") for _ in range(5)])
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


asyncio.run(main())
