# SPDX-License-Identifier: MIT
import asyncio
import socket
import struct
from net import exactly, line, read, say_error, told

async def server(reader, writer):
    writer.write(b"last words\n")
    await reader.read(1)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()

async def story(*steps):
    listener = await asyncio.start_server(server, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
    await line(reader)
    writer.write(b"!")
    for step in steps:
        if step == "read":
            await told(read(reader, 5))
        elif step == "exactly":
            await told(exactly(reader, 5))
        elif step == "line":
            await told(line(reader))
        elif step == "drain":
            await told(writer.drain())
        elif step == "closed":
            await told(writer.wait_closed())
        elif step == "pause":
            await asyncio.sleep(0.05)
        print(step, writer.is_closing(), reader.at_eof())
    writer.close()
    listener.close()

async def main():
    await story("read", "read", "exactly", "line", "drain", "closed")
    await story("exactly", "drain", "closed")
    await story("pause", "drain", "line", "read")
    await story("closed", "read", "closed")

asyncio.run(main())
