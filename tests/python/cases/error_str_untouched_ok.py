# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Errors that the program handles have a costly __str__; awry must not call it (the program would exit with 3)
import asyncio
import sys

calls = 0


class Costly(Exception):
    def __str__(self):
        global calls
        calls += 1
        return "a page of text"


async def job():
    await asyncio.sleep(0)
    raise Costly()


async def main():
    for _ in range(5):
        try:
            await asyncio.create_task(job())
        except Costly:
            pass
    results = await asyncio.gather(job(), job(), return_exceptions=True)
    return len(results)


print(asyncio.run(main()), "handled")
sys.exit(3 if calls else 0)
