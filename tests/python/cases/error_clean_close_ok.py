# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# A reader of a websocket ends with the exception of a cleanly closed connection, which is not a lost error. The same with a derived class.
# The exception class replaces that of websockets, which need not be installed
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
