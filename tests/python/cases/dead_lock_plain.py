# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"one")(?=.*"other")(?!.*bystander)(?=.*Lock.acquire)
# expect: deadlock x1 text~(?=.*"waits for a condition")(?=.*"has the condition")
# Locks that are acquired by await lock.acquire(), in opposite order, and a condition's lock that is not released
import asyncio


async def both(first, second):
    await first.acquire()
    try:
        await asyncio.sleep(0.01)
        await second.acquire()
        second.release()
    finally:
        first.release()


async def keeps(condition, others):
    async with condition:
        await asyncio.sleep(0.01)
        await others[0]


async def wants(condition):
    await asyncio.sleep(0)
    async with condition:
        pass


async def bystander(lock):
    for _ in range(20):
        await lock.acquire()
        await asyncio.sleep(0.02)
        lock.release()


async def main():
    a, b, c, condition, others = asyncio.Lock(), asyncio.Lock(), asyncio.Lock(), asyncio.Condition(), []
    tasks = [asyncio.create_task(both(a, b), name="one"), asyncio.create_task(both(b, a), name="other"),
             asyncio.create_task(keeps(condition, others), name="has the condition")]
    others.append(asyncio.create_task(wants(condition), name="waits for a condition"))
    standing = [asyncio.create_task(bystander(c), name="bystander") for _ in range(3)]
    await asyncio.wait(standing)
    tasks += others
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


asyncio.run(main())
