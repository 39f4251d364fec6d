# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# The same, but a supervisor looks at the task's exception in time and restarts it
import asyncio


class Meter:
    def __init__(self):
        self.value, self.restarts = None, 0

    def start(self):
        self._task = asyncio.create_task(self._poll(), name="poll")

    async def _poll(self):
        for reply in ("17", "?") if self.restarts < 2 else ("19",):
            await asyncio.sleep(0.02)
            if not reply.isdigit():
                raise ValueError(f"bad reply {reply!r}")
            self.value = int(reply)

    def check(self):
        if self._task.done() and self._task.exception() is not None:
            self.restarts += 1
            self.start()


async def main():
    meter = Meter()
    meter.start()
    for _ in range(4):
        await asyncio.sleep(0.1)
        meter.check()
    print(meter.value, meter.restarts)


asyncio.run(main())
