# SPDX-License-Identifier: MIT
# Names of tasks: given, numbered and changed ones; of the main task, of members of a gather and of a group.
import asyncio
from tell import *

async def name():
    return asyncio.current_task().get_name()

async def main():
    print(await name())
    given = asyncio.create_task(name(), name="given")
    print(given.get_name(), await given)
    given.set_name("changed")
    print(given.get_name())
    counted = [asyncio.create_task(name()) for _ in range(2)]
    print(*await asyncio.gather(*counted))
    async with asyncio.TaskGroup() as group:
        member = group.create_task(name(), name="member")
        other = group.create_task(name())
    print(member.result(), int(other.result().split("-")[1]) == int(counted[1].get_name().split("-")[1]) + 1)
    asyncio.current_task().set_name("the main one")
    print(await name())
    print(asyncio.current_task() is not None)
    asyncio.get_running_loop().call_soon(lambda: print(asyncio.current_task() is None))
    await asyncio.sleep(0)

asyncio.run(main())
