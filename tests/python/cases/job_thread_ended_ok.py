# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# expect: none
# The program sets a job's result itself, so that the worker fails and its thread ends; a log record keeps the frames with the job's item
import asyncio
import concurrent.futures
import logging
import threading
import time

records = []


class Keeps(logging.Handler):
    def emit(self, record):
        records.append(record)


async def main():
    logger = logging.getLogger("concurrent.futures")
    logger.addHandler(Keeps())
    logger.propagate = False
    for _ in range(8):
        concurrent.futures.ThreadPoolExecutor(1).submit(time.sleep, 0.05).set_result(1)
    while len(records) < 8 or threading.active_count() > 1:
        await asyncio.sleep(0.01)
    # reuse the memory of the thread states
    others = [b"A" * size for size in range(100, 4000) for _ in range(20)]
    for _ in range(50):
        await asyncio.sleep(0.001)
        others += [b"B" * size for size in range(200, 900, 8)]
    print(len(records), threading.active_count())


asyncio.run(main())
