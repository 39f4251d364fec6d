# SPDX-License-Identifier: MIT
import asyncio
from net import converse

async def server(reader, writer):
    while size := (await reader.readline()).strip():
        data = await reader.readexactly(int(size))
        print(len(data), sum(data))
        print("head", data[:12])
        print("tail", data[-12:])
    print("read", await reader.read(4))

async def client(reader, writer):
    async def send(*pieces):
        writer.writelines([b"%d\n" % sum(map(len, pieces)), *pieces])
        await writer.drain()
    await send(b"one", b"", b"two", b"three")
    await send(b"x" * 12)
    await send(*(b"%d," % i for i in range(3000)))
    await send(b"a" * 3000000, b"", b"b" * 3000000, b"end")
    writer.writelines([])
    writer.writelines([b"", b""])
    writer.writelines([b"\n", b"tail"])
    writer.write_eof()

asyncio.run(converse(server, client))
