# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# The registry of tasks is a set, so the listener survives the collector; it is cancelled and awaited at the end
import asyncio
import gc


class Bus:
    def __init__(self):
        self.tasks = set()

    def listen(self):
        inbox = asyncio.Queue()
        self.tasks.add(asyncio.create_task(self._listen(inbox), name="listener"))

    async def _listen(self, inbox):
        while True:
            print(await inbox.get())

    async def close(self):
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


async def main():
    bus = Bus()
    bus.listen()
    await asyncio.sleep(0.02)
    gc.collect()
    await asyncio.sleep(1.3)
    print(len(bus.tasks), "listeners")
    await bus.close()


asyncio.run(main())
