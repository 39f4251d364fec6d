# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-awaited x1 line=20
# asyncio's debug mode is turned on and off while the loop runs: afterwards the origin tracking depth is what it was before
import asyncio
import sys


async def load():
    await asyncio.sleep(0)


async def main():
    loop = asyncio.get_running_loop()
    loop.set_debug(True)
    await asyncio.sleep(0.01)
    if sys.get_coroutine_origin_tracking_depth() != 10:
        sys.exit(4)
    load()
    await asyncio.sleep(0)


asyncio.run(main(), debug=False)
sys.exit(sys.get_coroutine_origin_tracking_depth())
