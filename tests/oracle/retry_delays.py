# SPDX-License-Identifier: MIT
from resilience_twin import *

async def retried(**options):
    try:
        await retry(script("V"), Clock(), **options)
    except ValueError as e:
        print(e.attempt, "of", e.attempts)

async def main():
    await retried(attempts=8)
    await retried(attempts=12, base=10**9)
    await retried(attempts=6, base=7, factor=1.0)
    await retried(attempts=6, base=1000, factor=3.0, cap=50000)
    await retried(attempts=5, base=10**6, factor=1.5)
    await retried(attempts=4, base=0)
    for seed in 1, 2, 12345678901234567890:
        await retried(attempts=6, base=10**9, jitter=0.5, seed=seed)
        await retried(attempts=5, base=10**9, jitter=1.0, seed=seed)
    await retried(attempts=9, deadline=10**9)
    await retried(attempts=9, base=10**9, deadline=7 * 10**9)
    await retried(attempts=9, base=10**9, deadline=7 * 10**9 - 1)

asyncio.run(main())
