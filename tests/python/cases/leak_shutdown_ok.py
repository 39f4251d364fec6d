# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_LEAKED_S=1
# expect: none
# A task, and workers of one creator, wait for a future that ends the program; their creators have ended, and something refers to them
import asyncio


class Service:
    def __init__(self):
        self.shutdown = asyncio.get_running_loop().create_future()
        self.tasks = []

    async def wait_for_the_end(self):
        return await self.shutdown

    async def start(self):
        self.tasks.append(asyncio.create_task(self.wait_for_the_end()))

    async def start_workers(self):
        for _ in range(4):
            self.tasks.append(asyncio.create_task(self.wait_for_the_end()))


async def main():
    service = Service()
    await asyncio.create_task(service.start())
    await asyncio.create_task(service.start_workers())
    for _ in range(29):
        await asyncio.sleep(0.1)
    service.shutdown.set_result(None)
    await asyncio.gather(*service.tasks)


asyncio.run(main())
