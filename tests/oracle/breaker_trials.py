# SPDX-License-Identifier: MIT
from resilience_twin import *

async def main():
    clock = Clock()
    for trials, calls in (1, "V."), (2, "V."), (3, "V.V."), (3, "V..."):
        breaker = Breaker(clock, threshold=1, recovery=10, trials=trials)
        fn = script(calls)
        gate = asyncio.Event()

        async def slow():
            await gate.wait()
            return await fn()

        async def one(i):
            try:
                print(i, await breaker.call(slow))
            except BaseException as e:
                print(i, type(e).__name__, e)
                raise
            finally:
                print(breaker.state)

        gate.set()
        await asyncio.gather(one(0), return_exceptions=True)
        gate.clear()
        clock.ns += 11
        tasks = [asyncio.create_task(one(i)) for i in range(1, 6)]
        await asyncio.sleep(0)
        tasks[0].cancel()
        await asyncio.sleep(0)
        gate.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(one(6), return_exceptions=True)

asyncio.run(main())
