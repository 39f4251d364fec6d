# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

class Job:
    """Compared by level only: jobs of one level are equal."""
    def __init__(self, number, level):
        self.number, self.level = number, level

    def __lt__(self, other):
        return self.level < other.level

async def drain(queue):
    print(*[f"{job.level}/{job.number}" for job in [await queue.get() for _ in range(queue.qsize())]])

async def feeder(queue):
    for number, level in enumerate((3, 1, 2)):
        await queue.put(Job(number, level))
        print("put", level)

async def main():
    lifo = asyncio.LifoQueue()
    priority = asyncio.PriorityQueue()
    for queue in (lifo, priority):
        seed = 1
        for number in range(40):
            seed = seed * 1103515245 + 12345 & 0x7fffffff
            queue.put_nowait(Job(number, seed >> 16 & 7))
            if number % 5 == 4:
                job = queue.get_nowait()
                print(job.level, job.number)
        await drain(queue)

    for queue in (asyncio.LifoQueue(2), asyncio.PriorityQueue(2)):
        task = asyncio.create_task(feeder(queue))
        await asyncio.sleep(0)
        print(queue.full())
        for _ in range(3):
            job = await queue.get()
            print("got", job.level)
            await asyncio.sleep(0)
        await ended(task)

asyncio.run(main())
