# SPDX-License-Identifier: MIT
import asyncio

async def work(n):
    try:
        await asyncio.sleep(n * 0.02)
    except asyncio.CancelledError:
        print(f"{n} cancelled")
        raise
    if n == 2:
        raise ValueError(f"Task {n} failed!")
    print(f"{n} done")
    return n

async def main():
    try:
        await asyncio.gather(work(1), work(2), work(3))
    except ValueError as e:
        print(f"{type(e).__name__}: {e}")
    await asyncio.sleep(0.05)
    print(await asyncio.gather(work(1), work(3)))
    results = await asyncio.gather(work(1), work(2), work(3), return_exceptions=True)
    for r in results:
        print(f"{type(r).__name__}: {r}" if isinstance(r, Exception) else r)

asyncio.run(main())
