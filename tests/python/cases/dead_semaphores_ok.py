# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=150
# expect: none
# Pages hold permits of a semaphore while they wait for their links, which get permits, too: one is left, or another task releases its
# own, or a permit is added, or a timeout ends the wait; semaphores of subclasses, which may release by themselves
import asyncio


class Growing(asyncio.Semaphore):
    def __init__(self):
        super().__init__(1)
        asyncio.get_running_loop().call_later(0.6, self.release)


async def link(slots, seconds=0.3):
    async with slots:
        await asyncio.sleep(seconds)


async def page(slots, seconds=0.3):
    async with slots:
        await asyncio.sleep(0.01)
        await asyncio.gather(*(asyncio.create_task(link(slots, seconds)) for _ in range(2)))


async def takes_one(slots, seconds):
    await slots.acquire()
    asyncio.get_running_loop().call_later(seconds, slots.release)


async def with_one_more(slots):
    slots.release()
    await takes_one(slots, 0.6)
    await asyncio.create_task(page(slots))


async def limited(slots):
    try:
        async with asyncio.timeout(0.6):
            await page(slots)
    except TimeoutError:
        print("timed out")


async def main():
    three, given_back = asyncio.Semaphore(3), asyncio.BoundedSemaphore(3)
    await asyncio.gather(page(three), page(three))
    await takes_one(given_back, 0.6)
    await asyncio.gather(page(given_back), page(given_back))
    await page(Growing())
    await limited(asyncio.Semaphore(1))
    await with_one_more(asyncio.Semaphore(1))
    short_lived = [asyncio.Semaphore(1) for _ in range(3)]
    del short_lived
    many = [asyncio.Semaphore(2) for _ in range(3)]
    await asyncio.gather(*(page(slots, 0.1) for slots in many))


asyncio.run(main())
