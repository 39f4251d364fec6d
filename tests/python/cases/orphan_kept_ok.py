# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# A request starts a poller and ends; the application keeps the poller in a set, and cancels it at its own end
import asyncio


class App:
    def __init__(self):
        self.tasks, self.seen = set(), 0

    async def poll(self):
        while True:
            await asyncio.sleep(0.1)
            self.seen += 1

    async def request(self):
        self.tasks.add(asyncio.create_task(self.poll(), name="poller"))
        return "202 accepted"


async def main():
    app = App()
    print(await asyncio.create_task(app.request(), name="request"))
    await asyncio.sleep(2.0)
    for task in app.tasks:
        task.cancel()
    await asyncio.gather(*app.tasks, return_exceptions=True)


asyncio.run(main())
