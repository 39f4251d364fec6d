# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=300
# expect: deadlock x1 text~(?=.*"twice")(?=.*Lock.acquire)
# expect: deadlock x1 text~(?=.*"again")(?=.*Semaphore.acquire)
# expect: deadlock x1 text~(?=.*"account 1")(?=.*"account 2")
# expect: deadlock x1 text~(?=.*"global")(?=.*"closure")
# expect: deadlock x1 text~(?=.*"in a function")(?=.*"asked by it")
# expect: deadlock x1 text~(?=.*"takes the condition")(?=.*"is awaited")
# Forms of cycles: a lock, or a semaphore, that its own task acquires again; locks in attributes, globals and closures, by a plain
# acquire(); a lock that is held by an outer function; a condition's lock, by a plain acquire()
import asyncio

first = asyncio.Lock()


class Account:
    def __init__(self):
        self.lock, self.other = asyncio.Lock(), None

    async def transfer(self, amount):
        await self.lock.acquire()
        await asyncio.sleep(0.01)
        await self.other.lock.acquire()
        total = {"amount": amount, "list": [amount, amount + 1]}
        self.other.lock.release()
        self.lock.release()
        return total


async def twice(lock):
    async with lock:
        async with lock:
            return True


async def again(slots):
    async with slots:
        async with slots:
            return True


async def by_global(second):
    await first.acquire()
    try:
        await asyncio.sleep(0.01)
        async with second:
            pass
    finally:
        first.release()


def by_closure(second):
    async def inner():
        await second.acquire()
        await asyncio.sleep(0.01)
        async with first:
            pass
        second.release()

    return inner()


async def asks(task):
    await asyncio.shield(task)


async def in_a_function(lock):
    async with lock:
        await asks(asyncio.create_task(needs(lock), name="asked by it"))


async def needs(lock):
    async with lock:
        pass


async def takes(condition):
    await condition.acquire()
    awaited = asyncio.create_task(notifies(condition), name="is awaited")
    await awaited
    condition.notify_all()
    condition.release()


async def notifies(condition):
    async with condition:
        condition.notify_all()


async def main():
    one, two, second = Account(), Account(), asyncio.Lock()
    one.other, two.other = two, one
    named = {"twice": twice(asyncio.Lock()), "again": again(asyncio.BoundedSemaphore(1)), "account 1": one.transfer(1),
             "account 2": two.transfer(2), "global": by_global(second), "closure": by_closure(second),
             "in a function": in_a_function(asyncio.Lock()), "takes the condition": takes(asyncio.Condition())}
    tasks = [asyncio.create_task(coroutine, name=name) for name, coroutine in named.items()]
    for _ in range(12):
        await asyncio.sleep(0.1)
    for task in asyncio.all_tasks() - {asyncio.current_task()}:
        task.cancel()
    await asyncio.wait(tasks)


asyncio.run(main())
