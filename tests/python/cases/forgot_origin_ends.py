# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout
# env: AWRY_BLOCKED_MS=60000
# expect: none
# Where coroutines are made is asked for during so much of the thread's processor time, also if all of it is one step of a task: what it costs
# is bounded.
import asyncio
import sys
import time


async def leaf():
    pass


def tracked():
    """Whether much is allocated with a coroutine, as where it was made is: sys tells only what the program asked for."""
    before = sys.getallocatedblocks()
    coroutines = [leaf() for _ in range(1000)]
    more = sys.getallocatedblocks() - before
    for coroutine in coroutines:
        coroutine.close()
    return more > 5000


async def main():
    end = time.thread_time() + 0.6
    while time.thread_time() < end:
        await leaf()
    print(tracked())


asyncio.run(main())
