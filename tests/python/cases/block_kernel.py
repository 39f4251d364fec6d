# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BLOCKED_MS=250
# expect: blocked-loop x1 line=19/20 task=copy text~fill at THIS.py:(19|20).*copy at THIS.py:25
# Most of the time is spent in the kernel: the thread is not stopped, but its Python frames are read
import asyncio
import os
import time

SIZE = 16 << 20


def fill():
    zeros = os.open("/dev/zero", os.O_RDONLY)
    buffer = bytearray(SIZE)
    end = time.thread_time() + 0.8  # of a processor: on a busy machine the loop is not to blame for the rest
    # each call takes some milliseconds, mostly in the kernel
    while time.thread_time() < end:
        os.preadv(zeros, [buffer], 0)
    os.close(zeros)


async def copy():
    fill()


async def main():
    await asyncio.sleep(0.05)
    await asyncio.create_task(copy(), name="copy")


asyncio.run(main())
