# SPDX-License-Identifier: MIT
import asyncio
from net import line, read, told

async def server(reader, writer):
    for piece in (b"short\n", b"exactly8\n", b"more than 8\nnext\n", b"no end of this line", b" and on\nok\n", b"last"):
        await reader.readexactly(1)
        writer.write(piece)
    writer.close()

async def main():
    listener = await asyncio.start_server(server, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname(), limit=8)
    for reads in (1, 1, 2, 1, 2, 2):
        writer.write(b".")
        await asyncio.sleep(0.02)
        for _ in range(reads):
            await told(line(reader))
    print(reader.at_eof())
    await told(line(reader))
    writer.close()
    listener.close()

asyncio.run(main())
