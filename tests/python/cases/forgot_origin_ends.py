# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout
# env: AWRY_BLOCKED_MS=60000
# expect: none
# Origins are tracked during a limited part of the thread's processor time, even if all of it is one step of a task, so that the cost
# is bounded
import asyncio
import sys
import time


async def leaf():
    pass


def tracked():
    """Whether a coroutine allocates much, as an origin does: sys shows only the depth that the program has set."""
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
