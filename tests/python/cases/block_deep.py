# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_BLOCKED_MS=250
# expect: blocked-loop x1 line=16 text~descend é at THIS.py
# A stack deeper than the limit: the innermost frames are kept; a name may have any characters
import asyncio
import time


def descend(n):
    if n > 0:
        # each call one frame deeper
        return descend(n - 1)
    # the innermost frame
    time.sleep(0.6)
    return 0


async def main():
    await asyncio.sleep(0.01)
    descend.__code__ = descend.__code__.replace(co_qualname="descend é")
    print(descend(500))


asyncio.run(main())
