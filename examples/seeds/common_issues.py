# SPDX-License-Identifier: MIT
import asyncio
import warnings

warnings.simplefilter("ignore")  # RuntimeWarning: coroutine '…' was never awaited

async def some_coroutine():
    print("this is not to be seen")

async def async_function():
    print("nor is this")

# Issue 1: Forgetting await
async def bad_example():
    result = some_coroutine()  # Missing await!

# Issue 2: Blocking in async
async def blocking_example():
    import time
    time.sleep(0.25)  # Blocks the entire event loop!

# Issue 3: Creating coroutine outside async
def sync_function():
    coro = async_function()  # Creates coroutine but can't run it

async def main():
    await bad_example()
    await blocking_example()
    sync_function()
    print("done, and nothing was said")

asyncio.run(main())
