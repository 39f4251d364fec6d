# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x120 text~account
# 120 cycles at once, all of locks that are acquired by a plain acquire()
import asyncio


class Account:
    def __init__(self):
        self.lock = asyncio.Lock()


async def transfer(account, other):
    await account.lock.acquire()
    await asyncio.sleep(0.01)
    await other.lock.acquire()
    other.lock.release()
    account.lock.release()


async def main():
    accounts = [(Account(), Account()) for _ in range(120)]
    tasks = [asyncio.create_task(transfer(*pair), name="account") for one, two in accounts for pair in ((one, two), (two, one))]
    for _ in range(12):
        await asyncio.sleep(0.1)
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


asyncio.run(main())
