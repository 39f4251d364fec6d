# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: -14
# expect: held-error x1 line=19 task=loader text~KeyError
# expect: deadlock x1 text~(?=.*Event.wait)(?=.*a task has failed before)(?=.*KeyError)(?=.*App.load at THIS.py:19)
# The task that should set an event has failed, and is kept; the process is ended by a signal
import asyncio
import signal


class App:
    def __init__(self):
        self.ready = asyncio.Event()
        self.config = {}

    async def load(self):
        await asyncio.sleep(0.02)
        self.config["seen"] = True
        self.port = self.config["port"]
        self.ready.set()


async def main():
    app = App()
    app.loader = asyncio.create_task(app.load(), name="loader")
    signal.alarm(1)
    await app.ready.wait()


asyncio.run(main())
