# SPDX-License-Identifier: MIT
"""The Python half of tell.h."""
import asyncio
import asyncio.taskgroups


class InOrder(dict):
    """A set that keeps its order, unlike a group's own set, which is ordered by addresses."""

    def add(self, item):
        self[item] = True

    def discard(self, item):
        self.pop(item, None)


asyncio.taskgroups.set = InOrder


def tell(what, error):
    if error is None:
        print(what, "None None")
    else:
        print(what, type(error).__name__, error)


def tell_chain(what, error):
    words = []
    while error is not None:
        words.append(f"{type(error).__name__}:{error}")
        error = error.__context__
    print(what, *words)


async def outcome(what, task):
    try:
        result = await task
    except BaseException as e:
        tell(what, e)
    else:
        print(what, result)


def state(what, task):
    print(what, f"done={task.done()} cancelled={task.cancelled()} cancelling={task.cancelling()}")
