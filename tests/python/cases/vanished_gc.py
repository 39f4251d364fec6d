# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: destroyed-pending x1 line=21 task=watcher
# A watcher waits for a future that only it refers to; the collector frees both before it is done
import asyncio
import gc


class Watcher:
    def __init__(self):
        self.changed = asyncio.get_running_loop().create_future()

    async def watch(self):
        await self.changed
        print("changed")


def start():
    watcher = Watcher()
    asyncio.create_task(watcher.watch(), name="watcher")


async def main():
    start()
    await asyncio.sleep(0.02)
    gc.collect()
    await asyncio.sleep(0.02)
    print("nobody watches")


asyncio.run(main())
