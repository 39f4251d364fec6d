# SPDX-License-Identifier: MIT
import asyncio
from net import exactly, read, told, until

async def server(reader, writer):
    writer.write(b"0123456789:abc::defghijklmnop")
    await writer.drain()
    await reader.read()
    writer.close()

async def story(limit, *steps):
    print("limit", limit)
    listener = await asyncio.start_server(server, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname(), limit=limit)
    await exactly(reader, 1)
    await asyncio.sleep(0.02)
    for separator in steps:
        await told(until(reader, separator))
    writer.write_eof()
    await read(reader, 100)
    await told(until(reader, b":"))
    writer.close()
    listener.close()

async def main():
    await story(8, b":", b"89:", b"5")
    await story(9, b":", b"::", b"z")
    await story(10, b":", b"?", b"abc::de")
    await story(1, b"1", b"2", b"3", b"45", b"567")
    await story(24, b"nope", b"?", b"opq")
    await story(28, b"p")

asyncio.run(main())
