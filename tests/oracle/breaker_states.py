# SPDX-License-Identifier: MIT
from error_story import tree
from resilience_twin import *

async def through(breaker, fn):
    try:
        print("result", await breaker.call(fn))
    except BaseException as e:
        if isinstance(e, CircuitBreakerOpenError):
            print(e.since, e.until)
        tree(e)
    print(breaker.state, breaker.failures, breaker.since)

async def main():
    clock = Clock()
    breaker = Breaker(clock, threshold=3, recovery=30)
    fn = script("V.VVV.VV..VVV")
    for step in 1, 1, 1, 1, 1, 1, 30, 1, 0, 5, 31, 0, 0, 31, 1, 1, 1, 1, 1, 40:
        clock.ns += step
        await through(breaker, fn)
    clock = Clock()
    breaker = Breaker(clock, threshold=2, recovery=10, expected=OSError)
    fn = script("OVKOCOVCO.")
    for step in range(14):
        clock.ns += 4
        await through(breaker, fn)
    breaker = Breaker(clock)
    fn = script("R")
    for step in range(7):
        await through(breaker, fn)

asyncio.run(main())
