# SPDX-License-Identifier: MIT
import asyncio
from net import converse, exactly, read, told

async def server(reader, writer):
    writer.write(b"0123456789")
    await reader.readexactly(1)
    writer.write(b"abc")

async def client(reader, writer):
    await exactly(reader, 4)
    await exactly(reader, 0)
    writer.write(b"!")
    await exactly(reader, 8)
    await told(exactly(reader, 2000))
    print(reader.at_eof())
    await exactly(reader, 0)
    await told(exactly(reader, 1))
    await read(reader, 5)

asyncio.run(converse(server, client))
