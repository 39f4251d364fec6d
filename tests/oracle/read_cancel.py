# SPDX-License-Identifier: MIT
import asyncio
from net import converse, exactly, line, read, told, until

async def server(reader, writer):
    for piece in (b"ab", b"cd", b"ef\n"):
        await reader.readexactly(1)
        writer.write(piece)
    await reader.read(1)

async def client(reader, writer):
    for kind in (read(reader, 3), exactly(reader, 3)):
        task = asyncio.create_task(kind)
        await asyncio.sleep(0)
        task.cancel("no more")
        await told(task)
    writer.write(b".")
    for kind in (exactly(reader, 3), line(reader), until(reader, b"--")):
        task = asyncio.create_task(kind)
        await asyncio.sleep(0.02)
        task.cancel("enough")
        await told(task)
    writer.write(b".")
    task = asyncio.create_task(exactly(reader, 5))
    await asyncio.sleep(0.02)
    writer.write(b".")
    task.cancel()
    await told(task)
    await told(asyncio.wait_for(until(reader, b"x"), 0.02))
    await line(reader)
    task = asyncio.create_task(read(reader, 3))
    task.cancel("before it began")
    await told(task)

asyncio.run(converse(server, client))
