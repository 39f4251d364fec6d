# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_ORPHAN_MS=300
# expect: none
# Tasks whose creator has ended, each with another kind of reference: a set, an attribute, a closure, a group, a task that awaits it, a
# gather; and a task without references that ends soon
import asyncio

kept = set()


class Service:
    def start(self):
        self.task = asyncio.create_task(poll())


async def poll():
    while True:
        await asyncio.sleep(0.05)


async def briefly():
    await asyncio.sleep(0.1)


async def awaits():
    await asyncio.create_task(poll())


async def gathers():
    await asyncio.gather(poll(), poll())


async def request(service):
    inner = asyncio.create_task(poll())
    kept.add(asyncio.create_task(poll()))
    kept.add(asyncio.create_task(awaits()))
    kept.add(asyncio.create_task(gathers()))
    asyncio.create_task(briefly())
    service.start()
    return lambda: inner.cancel()


async def main():
    service = Service()
    stop = await asyncio.create_task(request(service))
    await asyncio.sleep(1.2)
    stop()
    service.task.cancel()
    for task in kept:
        task.cancel()
    await asyncio.gather(service.task, *kept, return_exceptions=True)


asyncio.run(main())
