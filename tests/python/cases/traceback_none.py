# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout
# expect: never-retrieved x1 text~(?=.*error of a task)(?=.*its cause)
# expect: never-retrieved x1 text~error of a future
# expect: unhandled-error x1 text~error of a callback
# expect: never-retrieved x1 text~lock is taken
# Errors whose traceback the program has set to None, which the object then has as None in 3.11
import asyncio


def without_traceback(message):
    error = ValueError(message)
    error.__traceback__ = None
    return error


async def fails():
    raise ValueError("error of a task") from without_traceback("its cause")


async def fails_with_a_lock(lock):
    await lock.acquire()
    raise ValueError("lock is taken") from without_traceback("before")
    lock.release()


def calls_the_handler():
    asyncio.get_running_loop().call_exception_handler({"message": "by hand", "exception": without_traceback("error of a callback")})


async def main():
    loop = asyncio.get_running_loop()
    tasks = [asyncio.create_task(fails()), asyncio.create_task(fails_with_a_lock(asyncio.Lock()))]
    future = loop.create_future()
    future.set_exception(without_traceback("error of a future"))
    loop.call_soon(calls_the_handler)
    await asyncio.sleep(0.05)
    del tasks, future
    print("ended")


asyncio.run(main())
