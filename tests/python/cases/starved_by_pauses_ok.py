# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_STARVED_MS=300
# expect: none
# Between the runs of a loop, its tasks wait for a time, a queue or an event; two loops take turns
import asyncio
import time


async def wait(queue, event):
    await queue.get()
    await event.wait()
    await asyncio.sleep(0.01)


async def briefly():
    await asyncio.sleep(0)


loop, other = asyncio.new_event_loop(), asyncio.new_event_loop()
queue, event = asyncio.Queue(), asyncio.Event()
waiter = loop.create_task(wait(queue, event))
loop.run_until_complete(briefly())
time.sleep(0.6)
other.run_until_complete(briefly())
queue.put_nowait(1)
loop.run_until_complete(asyncio.sleep(0.01))
time.sleep(0.6)
event.set()
loop.run_until_complete(waiter)
loop.close()
other.close()
