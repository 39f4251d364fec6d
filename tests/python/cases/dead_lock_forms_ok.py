# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_DEADLOCK_MS=150
# expect: none
# Tasks wait for tasks that need a lock, but do not hold it: it was released before; it will be acquired later; it may
# be released, as a timer may do it under a condition; a variable has another lock; it was released within its block,
# and acquired by another task; it is the lock of a condition that the task waits for
import asyncio


async def needs(lock, seconds=0.5):
    async with lock:
        await asyncio.sleep(seconds)


async def had_it(lock):
    await lock.acquire()
    lock.release()
    await asyncio.gather(needs(lock), asyncio.create_task(needs(lock)))
    await lock.acquire()
    lock.release()


async def is_to_take_it(lock):
    for _ in range(2):
        task = asyncio.create_task(needs(lock))
        await asyncio.sleep(0.01)
        try:
            await task
            await lock.acquire()
        finally:
            lock.release()


async def may_be_released(lock):
    await lock.acquire()
    asyncio.get_running_loop().call_later(0.5, lock.release)
    task = asyncio.create_task(needs(lock))
    try:
        await task
    finally:
        if lock.locked():
            lock.release()


async def releases_another(lock, other):
    await lock.acquire()
    asyncio.get_running_loop().call_later(0.5, lock.release)
    await other.acquire()
    task = asyncio.create_task(needs(lock))
    await task
    lock = other
    lock.release()


async def waits(condition, task_of):
    async with condition:
        await condition.wait_for(lambda: task_of[0].done())
        await task_of[0]


async def notifies(condition):
    await asyncio.sleep(0.01)
    async with condition:
        await asyncio.sleep(0.4)
    await needs(condition)
    asyncio.get_running_loop().call_later(0.05, asyncio.ensure_future, tells(condition))


async def tells(condition):
    async with condition:
        condition.notify_all()


async def acquires_for_a_timer(lock):
    await lock.acquire()
    asyncio.get_running_loop().call_later(0.5, lock.release)


async def gives_back_for_a_while(lock, as_task):
    async with lock:
        lock.release()
        try:
            await (asyncio.create_task(acquires_for_a_timer(lock)) if as_task else acquires_for_a_timer(lock))
            await asyncio.create_task(needs(lock))
        finally:
            await lock.acquire()


async def main():
    condition = asyncio.Condition()
    task_of = [asyncio.create_task(notifies(condition))]
    await asyncio.gather(had_it(asyncio.Lock()), is_to_take_it(asyncio.Lock()), may_be_released(asyncio.Lock()),
                         releases_another(asyncio.Lock(), asyncio.Lock()), waits(condition, task_of),
                         gives_back_for_a_while(asyncio.Lock(), False), gives_back_for_a_while(asyncio.Lock(), True))


asyncio.run(main())
