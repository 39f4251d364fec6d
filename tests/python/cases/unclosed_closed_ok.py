# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Sockets, connections, servers and loops that are closed in the usual ways, a detached socket, and one that is open until the exit
import asyncio
import gc
import socket

listener = socket.create_server(("127.0.0.1", 0))


async def echo(reader, writer):
    writer.write(await reader.read())
    await writer.drain()
    writer.close()


async def main():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    async with server:
        for wait in True, False:
            reader, writer = await asyncio.open_connection(*address)
            writer.write(b"ping")
            writer.write_eof()
            print(await reader.read())
            writer.close()
            if wait:
                await writer.wait_closed()
        with socket.socket() as raw:
            raw.setblocking(False)
            await asyncio.get_running_loop().sock_connect(raw, address)
        blocking = socket.create_connection(address)  # not used by a loop
        del blocking
        other = socket.socket()
        socket.close(other.detach())
        reader, writer = await asyncio.open_connection(*address)
        writer.transport.abort()
    await asyncio.sleep(0.05)


asyncio.run(main())
loop = asyncio.new_event_loop()
loop.run_until_complete(asyncio.sleep(0))
loop.close()
gc.collect()
