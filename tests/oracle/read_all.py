# SPDX-License-Identifier: MIT
import asyncio
from net import converse, exactly, read, told

async def server(reader, writer):
    for piece in (b"one ", b"two ", b"three " * 100_000):
        await reader.readexactly(1)
        writer.write(piece)
    await reader.read()

async def client(reader, writer):
    task = asyncio.create_task(reader.read())
    writer.write(b".")
    await asyncio.sleep(0.02)
    print(task.done())
    task.cancel("not all of it")
    await told(task)
    task = asyncio.create_task(reader.read())
    writer.write(b".")
    await asyncio.sleep(0.02)
    await told(exactly(reader, 1))
    writer.write(b".")
    writer.write_eof()
    found = await task
    print(len(found), found.count(b"three"), found.startswith(b"two three"))
    print("again", await reader.read(), reader.at_eof())

asyncio.run(converse(server, client, limit=100))
