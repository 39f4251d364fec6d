# SPDX-License-Identifier: MIT
# Changed deadlines: later, never, in the past; and a change that comes too late.
import asyncio
from tell import *

async def main():
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(0.01) as scope:
        print("when", scope.when() is not None, scope.expired())
        scope.reschedule(None)
        print("never", scope.when() is None)
        await asyncio.sleep(0.02)
        scope.reschedule(loop.time() + 10)
        print("later", scope.when() > loop.time())
    print("unhurt", scope.expired())
    try:
        async with asyncio.timeout(None) as scope:
            scope.reschedule(loop.time() - 1)
            print("past", scope.expired())
            await asyncio.sleep(0)
            print("not at once", scope.expired())
            await asyncio.sleep(10)
    except TimeoutError as e:
        tell("past", e)
    try:
        async with asyncio.timeout(0) as scope:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                try:
                    scope.reschedule(None)
                except RuntimeError as e:
                    tell("too late", e)
                raise
    except TimeoutError:
        print("timed out", scope.expired())
    async with asyncio.timeout(-1) as scope:
        scope.reschedule(loop.time() + 10)
    print("saved", scope.expired())
    try:
        async with asyncio.timeout_at(loop.time() + 0.01) as scope:
            scope.reschedule(loop.time() + 0.02)
            await asyncio.sleep(10)
    except TimeoutError:
        print("timed out", scope.expired(), asyncio.current_task().cancelling())

asyncio.run(main())
