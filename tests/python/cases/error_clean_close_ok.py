# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# A reader of a websocket ends with the exception of a connection that both sides closed in order: an end, and no loss. So does one of a class
# that is derived from it. The exception stands in for that of websockets, which need not be installed
import asyncio

ConnectionClosedOK = type("ConnectionClosedOK", (Exception,), {"__module__": "websockets.exceptions"})


class Derived(ConnectionClosedOK):
    pass


async def read(error):
    raise error


async def main():
    for error in ConnectionClosedOK(), Derived():
        asyncio.create_task(read(error))
        await asyncio.sleep(0.05)


asyncio.run(main())
