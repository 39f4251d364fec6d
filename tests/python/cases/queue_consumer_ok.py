# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Consumer and producer in one group: the consumer's error ends both, and is handled; before, the producer waits 1.2 s for a full queue
import asyncio


async def consume(queue):
    total = 0
    await asyncio.sleep(1.2)
    while True:
        total += await queue.get()


async def produce(queue):
    for sample in (1, 2, None, 4, 5, 6, 7):
        await queue.put(sample)


async def main():
    queue = asyncio.Queue(2)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(consume(queue), name="consumer")
            group.create_task(produce(queue), name="producer")
    except* TypeError as e:
        print("bad sample:", e.exceptions[0])


asyncio.run(main())
