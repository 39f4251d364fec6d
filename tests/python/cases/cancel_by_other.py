# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 line=18 task=import text~(?=.*ImportFailed)(?=.*"why": "asked")(?=.*sweep at THIS.py:24\b)(?=.*"janitor")
# A task turns its cancellation into another error, which is lost: the canceller and its place are shown with the error
import asyncio


class ImportFailed(Exception):
    pass


async def import_rows():
    try:
        await asyncio.sleep(5)
    except asyncio.CancelledError:
        print("aborted")
        raise ImportFailed("the import was aborted")


def sweep():
    for task in asyncio.all_tasks():
        if task.get_name() == "import":
            task.cancel("too old")


async def janitor():
    await asyncio.sleep(0.02)
    sweep()
    await asyncio.sleep(0.1)


async def main():
    asyncio.create_task(import_rows(), name="import")
    await asyncio.create_task(janitor(), name="janitor")


asyncio.run(main())
