# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_LEAKED_S=1
# expect: none
# Tasks that have ended are kept, but their number does not keep growing: a bounded cache, members of a pending gather(), bursts, a set
# from which they are removed; and objects in a reference cycle with their tasks, until CPython collects them
import asyncio
import collections
import gc
import time


async def value(number):
    await asyncio.sleep(0.001)
    return number


async def cache(until):
    entries = collections.OrderedDict()
    number = 0
    while time.monotonic() < until:
        # full after less than two seconds, or later on a machine that is busy
        for _ in range(20):
            number += 1
            entries[number] = asyncio.create_task(value(number))
            if len(entries) > 400:
                entries.popitem(last=False)
        await asyncio.sleep(0.05)


async def late(number, until):
    # fewer and fewer tasks end
    left = until - time.monotonic()
    await asyncio.sleep(left * (1 - 1 / (1 + number / 300)))


async def many(until):
    await asyncio.gather(*(late(number, until) for number in range(10000)))


async def bursts(until):
    while time.monotonic() < until:
        tasks = [asyncio.create_task(value(number)) for number in range(300)]
        await asyncio.sleep(0.3)
        await asyncio.wait(tasks)


async def taken_out(until):
    running = set()
    while time.monotonic() < until:
        task = asyncio.create_task(value(0))
        running.add(task)
        task.add_done_callback(running.discard)
        await asyncio.sleep(0.01)


class Connection:
    def __init__(self, fails):
        self.task = asyncio.create_task(self.run(fails))

    async def run(self, fails):
        try:
            await asyncio.sleep(0.001)
            if fails:
                raise ValueError("closed")
            await asyncio.sleep(1000)
        finally:
            self.closed = True


async def connections(until):
    # a reference cycle: the task's exception refers to frames, one of them to the connection, and that to the task
    while time.monotonic() < until:
        for fails in (True, False):
            connection = Connection(fails)
            await asyncio.sleep(0.01)
            connection.task.cancel()
            try:
                await connection.task
            except (ValueError, asyncio.CancelledError):
                pass


async def main():
    # as in a program with many objects, few of which are young
    gc.set_threshold(1000000)
    until = time.monotonic() + 9
    await asyncio.gather(cache(until), many(until), bursts(until), taken_out(until), connections(until))


asyncio.run(main())
