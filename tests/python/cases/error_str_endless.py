# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout
# expect: never-retrieved x2 task=handled text~(?=.*Endless)(?=.*its __str__\(\) was not called)
# expect: never-retrieved x1 task=dropped text~Endless
# expect: never-retrieved x1 text~(?=.*of a future)(?=.*Endless)
# expect: never-retrieved x1 task=logged text~(?=.*plain message)(?=.*<Peer number=8>)(?=.*<Colour\.RED>)(?=.*<list, 2 items>)
# Code of the program that never returns: awry calls __str__() only where asyncio would call it, and never __repr__()
import asyncio
import enum
import gc
import logging


class Colour(enum.Enum):
    RED = 1


class Peer:
    def __init__(self, number):
        self.number = number

    def __repr__(self):
        while True:
            pass


class Endless(Exception):
    def __init__(self, peer=None):
        self.peer = peer

    def __str__(self):
        while True:
            pass


class Plain(Exception):
    def __init__(self, message):
        super().__init__(message)
        self.peer, self.colour, self.peers = Peer(8), Colour.RED, [Peer(1), Peer(2)]


async def fail(error, seconds=0):
    await asyncio.sleep(seconds)
    raise error


async def drop():
    # the second one fails when the gather is done
    tasks = asyncio.create_task(fail(ValueError("first"))), asyncio.create_task(fail(Endless(), 0.02), name="dropped")
    try:
        await asyncio.gather(*tasks)
    except ValueError as error:
        print(error)


async def lose():
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    future.set_exception(Endless(ValueError("of a future")))
    task = asyncio.create_task(fail(Endless(Peer(7))), name="handled")
    await asyncio.wait([task])
    del future, task
    gc.collect()


async def main():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: print(type(context["exception"]).__name__))
    await lose()
    await drop()
    await asyncio.sleep(0.05)
    gc.collect()
    loop.set_exception_handler(None)
    task = asyncio.create_task(fail(Plain("plain message")), name="logged")
    await asyncio.wait([task])
    del task
    # asyncio logs nothing, and does not call __str__()
    logging.disable(logging.CRITICAL)
    task = asyncio.create_task(fail(Endless()), name="handled")
    await asyncio.wait([task])
    del task
    print("ended")


asyncio.run(main())
