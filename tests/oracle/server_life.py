# SPDX-License-Identifier: MIT
import asyncio
from net import say_error, told

async def serve(reader, writer):
    writer.write(await reader.readline())
    await reader.read()
    writer.close()

async def attempt(port):
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError as error:
        print(type(error).__name__)
        return None
    writer.write(b"hello\n")
    print(await reader.readline() == b"hello\n")
    return writer

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, start_serving=False)
    port = server.sockets[0].getsockname()[1]
    print(server.is_serving(), len(server.sockets), port > 0)
    await attempt(port)
    await server.start_serving()
    await server.start_serving()
    print(server.is_serving())
    first = await attempt(port)
    second = await attempt(port)
    server.close()
    server.close()
    print(server.is_serving(), len(server.sockets))
    await attempt(port)
    second.write(b"still there")
    await second.drain()
    first.close()
    second.close()
    await told(server.wait_closed())
    print(await asyncio.wait_for(server.wait_closed(), 1))
    await told_text(server.serve_forever())

async def told_text(awaitable):
    try:
        await awaitable
    except RuntimeError as error:
        print(type(error).__name__, str(error).split()[-1])

asyncio.run(main())
