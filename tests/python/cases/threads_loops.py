# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x3 line=12 task=loop-* text~RuntimeError.*in loop
# Three threads with a loop each; an error is lost in each loop
import asyncio
import threading


async def job(n):
    await asyncio.sleep(0.01 * n)
    raise RuntimeError(f"in loop {n}")


async def main(n):
    asyncio.create_task(job(n), name=f"loop-{n}")
    await asyncio.sleep(0.15)


threads = [threading.Thread(target=asyncio.run, args=(main(n),)) for n in (1, 2, 3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print("joined")
