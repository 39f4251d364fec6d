# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x2 line=14 task=mirror-[23] text~TimeoutError.*mirror [23]
# The program uses the first of as_completed() only; the others fail after the loop over them was left
import asyncio
import gc


async def mirror(n):
    await asyncio.sleep(0.02 * n)
    if n == 1:
        return "payload"
    raise TimeoutError(f"mirror {n}")


async def fetch():
    tasks = [asyncio.create_task(mirror(n), name=f"mirror-{n}") for n in (1, 2, 3)]
    for first in asyncio.as_completed(tasks):
        return await first


async def main():
    print(await fetch())
    await asyncio.sleep(0.15)
    gc.collect()


asyncio.run(main())
