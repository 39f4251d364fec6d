# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# expect: none
# A thread with a small stack runs a loop, in which an error with a long chain of contexts is raised and caught
import asyncio
import threading


def chain(length):
    error = None
    for number in range(length):
        error, context = ValueError(number), error
        error.__context__ = context
    return error


async def fail(length):
    raise chain(length)


async def main():
    for length in (1, 150, 1000):
        try:
            await asyncio.create_task(fail(length))
        except ValueError as error:
            print(error)
    group = ValueError("innermost")
    for number in range(150):
        group = ExceptionGroup(str(number), [group])
    try:
        await asyncio.create_task(raise_it(group))
    except ExceptionGroup as error:
        print(error)


async def raise_it(error):
    raise error


threading.stack_size(128 * 1024)
thread = threading.Thread(target=lambda: asyncio.run(main()))
thread.start()
thread.join()
