# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# same: stdout
# Errors with values of many megabytes: reporting them takes no more time or memory than reporting small ones
import asyncio
import resource

BODY = b"\xff" * 20_000_000
PAGE = "\x80" * 20_000_000


class Failure(Exception):
    pass


async def by_attribute():
    error = Failure("status", 500)
    error.body, error.page = BODY, PAGE
    raise error


async def by_argument():
    raise Failure("status", BODY, PAGE)


async def by_key():
    raise KeyError(PAGE)


async def main():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for fails in by_attribute, by_argument, by_key:
        try:
            await asyncio.create_task(fails())
        except (Failure, KeyError) as error:
            print(type(error).__name__)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000)


asyncio.run(main())
