# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: PYTHONMALLOC=malloc
# env: MALLOC_PERTURB_=165
# expect: none
# allow: destroyed-pending
# same: stdout
# Tasks that nothing refers to wait for several others; up to 3.11, any allocation while the loop polls may run the collector
import asyncio
import gc


async def never():
    await asyncio.get_running_loop().create_future()


async def wait():
    await asyncio.wait([asyncio.create_task(never()), asyncio.create_task(never())])


async def gather():
    await asyncio.gather(never(), never())


class Selector:
    """The loop's selector, with the collector on only during its poll."""

    def __init__(self, own):
        self.own = own

    def __getattr__(self, name):
        return getattr(self.own, name)

    def select(self, timeout):
        if not timeout:
            return self.own.select(timeout)
        gc.enable()
        events = self.own._selector.poll(timeout, 10)
        gc.disable()
        return [(self.own._key_from_fd(fd), event) for fd, event in events]


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: None)
    loop._selector = Selector(loop._selector)
    gc.disable()
    gc.set_threshold(1)
    for waits in (wait, gather) * 5:
        gc.collect()
        for _ in range(20):
            asyncio.create_task(waits())
        for _ in range(5):
            await asyncio.sleep(0)
        await asyncio.sleep(0.01)
    loop._selector = loop._selector.own
    print("done")


asyncio.run(main())
