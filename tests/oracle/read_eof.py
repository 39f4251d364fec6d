# SPDX-License-Identifier: MIT
import asyncio
from net import converse, exactly, line, read, told, until

async def server(reader, writer):
    writer.write(b"abcdef")
    await reader.read(1)

async def client(reader, writer):
    await read(reader, 2)
    await read(reader, 0)
    print(reader.at_eof())
    writer.write(b"x")
    await asyncio.sleep(0.02)
    print(reader.at_eof(), writer.is_closing(), writer.can_write_eof())
    await read(reader, 3)
    print(reader.at_eof())
    await read(reader, 100)
    print(reader.at_eof())
    await read(reader, 0)
    await read(reader, 1)
    await read(reader, -1)
    await line(reader)
    await told(until(reader, b"\n"))
    await told(exactly(reader, 1))
    await exactly(reader, 0)

asyncio.run(converse(server, client))
