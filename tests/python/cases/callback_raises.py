# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: unhandled-error x1 line=15 text~(?=.*AttributeError)(?=.*expire)
# A timer's callback fails half-way; the loop prints the error and goes on
import asyncio


class Session:
    def __init__(self):
        self.timer, self.closed = None, False

    def expire(self):
        self.closed = True
        self.owner.remove(self)


async def main():
    session = Session()
    session.timer = asyncio.get_running_loop().call_later(0.02, session.expire)
    await asyncio.sleep(0.1)
    print("closed:", session.closed)


asyncio.run(main())
