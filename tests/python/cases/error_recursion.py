# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 line=10 task=walker text~RecursionError
# An endless recursion in a task: a thousand frames, and hardly any stack left to report the error
import asyncio


def walk(node):
    return walk({"parent": node})


async def job():
    await asyncio.sleep(0.01)
    return walk({})


async def main():
    asyncio.create_task(job(), name="walker")
    await asyncio.sleep(0.15)
    print("still here")


asyncio.run(main())
