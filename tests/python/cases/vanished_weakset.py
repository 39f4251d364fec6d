# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: destroyed-pending x1 line=17 task=listener
# The registry of tasks is a WeakSet, which does not keep them alive
import asyncio
import gc
import weakref


class Bus:
    def __init__(self):
        self.tasks = weakref.WeakSet()

    def listen(self):
        inbox = asyncio.Queue()
        self.tasks.add(asyncio.create_task(self._listen(inbox), name="listener"))

    async def _listen(self, inbox):
        while True:
            print(await inbox.get())


async def main():
    bus = Bus()
    bus.listen()
    await asyncio.sleep(0.02)
    gc.collect()
    await asyncio.sleep(0.02)
    print(len(bus.tasks), "listeners")


asyncio.run(main())
