# SPDX-License-Identifier: MIT
import asyncio
from net import converse, exactly, line, read, told, until

async def server(reader, writer):
    for piece in (b"1", b"22", b"3\n", b"44"):
        await reader.readexactly(1)
        writer.write(piece)

async def client(reader, writer):
    for first in (read(reader, 10), exactly(reader, 2), line(reader), until(reader, b"44")):
        task = asyncio.create_task(first)
        await asyncio.sleep(0)
        await told(read(reader, 1))
        await told(reader.read(-1))
        await told(exactly(reader, 1))
        await told(line(reader))
        await told(until(reader, b"x"))
        await read(reader, 0)
        await exactly(reader, 0)
        writer.write(b".")
        await task

asyncio.run(converse(server, client))
