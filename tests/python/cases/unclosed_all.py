# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: unclosed-handle x1 line=16 text~"detail": "socket"
# expect: unclosed-handle x1 line=25 text~"detail": "transport"
# expect: unclosed-handle x1 line=32 text~"detail": "event loop"
# A socket, a connection and a loop are dropped while they are open: each is reported once, with the place where it was opened
import asyncio
import gc
import socket

kept = []


async def use_socket(address):
    raw = socket.socket()
    raw.setblocking(False)
    await asyncio.get_running_loop().sock_connect(raw, address)


async def main():
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    address = server.sockets[0].getsockname()
    await use_socket(address)
    reader, writer = await asyncio.open_connection(*address)
    kept.append(writer)
    await reader.read()
    server.close()


def drop_loop():
    loop = asyncio.new_event_loop()
    loop.run_until_complete(asyncio.sleep(0))


asyncio.run(main())
drop_loop()
gc.collect()
