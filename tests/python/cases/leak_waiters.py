# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_LEAKED_S=1
# expect: leaked-task x6 line=19 task=reply-*
# Each request leaves a task that waits for a reply which never comes; the registry keeps them all
import asyncio


class Client:
    def __init__(self):
        self.pending, self.tasks = {}, []

    async def wait_reply(self, n):
        return await self.pending[n]

    async def request(self, n):
        self.pending[n] = asyncio.get_running_loop().create_future()
        self.tasks.append(asyncio.create_task(self.wait_reply(n), name=f"reply-{n}"))


async def main():
    client = Client()
    for n in range(6):
        await asyncio.create_task(client.request(n))
    for _ in range(29):
        await asyncio.sleep(0.1)
    print(len(client.tasks), "are waiting")


asyncio.run(main())
