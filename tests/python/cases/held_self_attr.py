# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_HELD_S=1
# expect: held-error x1 line=19 task=poll text~ValueError.*bad reply
# A task fails, and a live object refers to it, so nothing else reports the error; the process exits by os._exit()
import asyncio
import os


class Meter:
    def start(self):
        self.task = asyncio.create_task(self.poll(), name="poll")

    async def poll(self):
        for reply in ("17", "?"):
            await asyncio.sleep(0.01)
            if not reply.isdigit():
                raise ValueError(f"bad reply {reply!r}")


async def main():
    meter = Meter()
    meter.start()
    await asyncio.sleep(0.2)
    os._exit(0)


asyncio.run(main())
