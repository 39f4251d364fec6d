# SPDX-License-Identifier: MIT
from error_story import tree
from resilience_twin import *

async def story(calls, threshold, recovery, attempts, types=(Exception,)):
    clock = Clock()
    breaker = Breaker(clock, threshold=threshold, recovery=recovery)
    fn = script(calls)
    for _ in range(2):
        try:
            print("result", await retry(lambda: breaker.call(fn), clock, attempts=attempts, types=types))
        except Exception as e:
            print(e.attempt, "of", e.attempts)
            tree(e)
        print(breaker.state, breaker.failures)

async def main():
    await story("V", 2, 10**9, 6)
    await story("VV.", 2, 10**8, 6)
    await story("VVOV.", 2, 250 * 10**6, 4)
    await story("O", 3, 10**9, 9, types=(OSError,))

asyncio.run(main())
