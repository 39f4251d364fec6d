# SPDX-License-Identifier: MIT
import asyncio
import os
import tempfile
from net import line, read, told

SIZE = 5_000_000

async def serve(reader, writer):
    total = 0
    while data := await reader.read(50_000):
        total += len(data)
    writer.write(b"%d\n" % total)
    for letter in b"xyz":
        writer.write(bytes([letter]) * SIZE)
        await writer.drain()
    writer.close()

async def talk(reader, writer):
    writer.write(b"m" * SIZE)
    writer.write(b"end")
    writer.write_eof()
    await line(reader)
    counts = {}
    while data := await reader.read(100_000):
        for letter in set(data):
            counts[chr(letter)] = counts.get(chr(letter), 0) + data.count(letter)
    print(sorted(counts.items()), reader.at_eof(), writer.is_closing())
    await told(writer.drain())
    writer.close()
    await told(writer.wait_closed())

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=4096)
    await talk(*await asyncio.open_connection(*server.sockets[0].getsockname(), limit=10))
    server.close()
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        server = await asyncio.start_unix_server(serve, path, limit=10)
        await talk(*await asyncio.open_unix_connection(path, limit=4096))
        server.close()

asyncio.run(main())
