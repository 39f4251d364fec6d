# SPDX-License-Identifier: MIT
import asyncio
import os
import socket
import tempfile
from net import line, read, say_error

seen = []

async def serve(reader, writer):
    seen.append((writer.get_extra_info("peername"), writer.can_write_eof()))
    while data := await reader.readline():
        writer.write(data.upper())
    writer.write(b"bye")
    writer.close()

async def attempt(awaitable, *hidden):
    try:
        await awaitable
    except OSError as error:
        text = str(error)
        for path in hidden:
            text = text.replace(path, "PATH")
        say_error(type(error)(text))
        print(error.errno)
    else:
        print("None")

async def main():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "socket")
        plain = os.path.join(folder, "file")
        open(plain, "w").close()
        server = await asyncio.start_unix_server(serve, path)
        print(server.sockets[0].family == socket.AF_UNIX, server.sockets[0].getsockname() == path)
        reader, writer = await asyncio.open_unix_connection(path)
        print(writer.get_extra_info("peername") == path, repr(writer.get_extra_info("sockname")))
        writer.write(b"one\ntwo\n")
        await line(reader)
        await line(reader)
        print("server", repr(seen[0][0]), seen[0][1])
        writer.write_eof()
        await read(reader, 10)
        await read(reader, 10)
        writer.close()
        await attempt(asyncio.open_unix_connection(os.path.join(folder, "none")))
        await attempt(asyncio.open_unix_connection(plain))
        await attempt(asyncio.open_unix_connection(folder + "/" + "x" * 120))
        await attempt(asyncio.start_unix_server(serve, os.path.join(folder, "none", "socket")))
        await attempt(asyncio.start_unix_server(serve, plain), plain)
        await attempt(asyncio.start_unix_server(serve, folder + "/" + "x" * 120))
        second = await asyncio.start_unix_server(serve, path)
        print("taken over", os.path.exists(path))
        server.close()
        second.close()
        print("left", os.path.exists(path))
        await asyncio.sleep(0.01)
        await attempt(asyncio.open_unix_connection(path))

asyncio.run(main())
