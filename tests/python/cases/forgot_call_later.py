# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-awaited x1 text~heartbeat
# An async function as callback of call_later(): the loop calls it and drops the coroutine; no line of the program is on the stack
import asyncio


async def heartbeat():
    print("alive")


async def main():
    asyncio.get_running_loop().call_later(0.02, heartbeat)
    await asyncio.sleep(0.1)
    print("no heartbeat was sent")


asyncio.run(main())
