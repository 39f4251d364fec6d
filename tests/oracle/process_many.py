# SPDX-License-Identifier: MIT
import asyncio
from asyncio.subprocess import PIPE

async def one(number):
    process = await asyncio.create_subprocess_shell(f"read x; echo $x-{number}; exit {number}", stdin=PIPE, stdout=PIPE)
    out, err = await process.communicate(b"in%d\n" % number)
    return out, err, process.returncode

async def slow():
    process = await asyncio.create_subprocess_exec("sleep", "100", stdin=PIPE, stdout=PIPE)
    try:
        await asyncio.wait_for(process.communicate(b"never read"), 0.05)
    except asyncio.TimeoutError as error:
        print(type(error).__name__, process.returncode)
    process.kill()
    print(await process.wait())

async def main():
    for found in await asyncio.gather(*(one(number) for number in range(12))):
        print(*found)
    await slow()

asyncio.run(main())
