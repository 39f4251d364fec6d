# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_LEAKED_S=1
# expect: leaked-task x1 line=20 text~"detail": "\d+ that were created there are older than 1\.0 s, and \d+ of them have ended and are kept; .*serve at THIS.py:20
# The task of each request stays in a list after its end; other tasks are removed from theirs
import asyncio

kept, running = [], set()


async def handle(number):
    await asyncio.sleep(0.001)
    return number


async def serve():
    for number in range(450):
        # 20 ms apart
        kept.append(asyncio.create_task(handle(number)))
        task = asyncio.create_task(handle(number))
        running.add(task)
        task.add_done_callback(running.discard)
        await asyncio.sleep(0.02)


async def main():
    await serve()


asyncio.run(main())
