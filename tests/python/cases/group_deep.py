# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 task=nightly text~(?=.*nightly run)(?=.*shard 2)(?=.*row 41)(?=.*ZeroDivisionError)(?=.*KeyError)(?=.*seen at 02:00)(?=.*call the owner)
# Groups three deep, with a cause, a context and notes at different depths, lost as a whole
import asyncio


def row_error(n):
    try:
        try:
            1 // 0
        except ZeroDivisionError as e:
            raise ValueError(f"row {n}") from e
    except ValueError as e:
        e.add_note("seen at 02:00")
        return e


def lookup_error():
    try:
        try:
            {}["unit"]
        except KeyError:
            raise LookupError("no unit")
    except LookupError as e:
        return e


async def nightly():
    await asyncio.sleep(0.01)
    shards = [ExceptionGroup(f"shard {n}", [row_error(40 + n), ExceptionGroup("units", [lookup_error()])]) for n in (1, 2)]
    error = ExceptionGroup("nightly run", shards)
    error.add_note("call the owner")
    raise error


async def main():
    asyncio.create_task(nightly(), name="nightly")
    await asyncio.sleep(0.1)


asyncio.run(main())
