# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 task=reader text~(?=.*no close frame from 10\.0\.0\.7)(?=.*the line broke)(?=.*<Peer number=7>)(?=.*while reading)
# errors: 2
# A lost error whose messages and attributes need code of the program: that runs when the error is lost, and they are listed once
import asyncio


class Peer:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        return f"Peer({self.number})"


class Broken(Exception):
    def __init__(self, when):
        self.when = when

    def __str__(self):
        return f"the line broke {self.when}"


class Closed(Exception):
    def __init__(self, peer):
        self.peer, self.clean = peer, False
        self.add_note("while reading")

    def __str__(self):
        return f"no close frame from 10.0.0.{self.peer.number}"


async def read():
    try:
        raise Broken("at noon")
    except Broken as error:
        raise Closed(Peer(7)) from error


async def main():
    asyncio.create_task(read(), name="reader")
    await asyncio.sleep(0.1)


asyncio.run(main())
