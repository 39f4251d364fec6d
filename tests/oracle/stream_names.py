# SPDX-License-Identifier: MIT
import asyncio
import socket
from net import converse

seen = {}

async def server(reader, writer):
    seen["peer"] = writer.get_extra_info("peername")
    seen["local"] = writer.get_extra_info("sockname")
    seen["nodelay"] = writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    writer.write(b"!")

async def client(reader, writer):
    await reader.readexactly(1)
    local, peer = writer.get_extra_info("sockname"), writer.get_extra_info("peername")
    print(local[0], peer[0], local == seen["peer"], peer == seen["local"])
    print(local[1] != peer[1], local[1] > 0, len(local))
    print(seen["nodelay"] != 0, writer.get_extra_info("socket").getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) != 0)
    print(writer.get_extra_info("socket").fileno() > 2)
    writer.close()
    await writer.wait_closed()
    print(writer.get_extra_info("sockname") == local, writer.get_extra_info("peername") == peer)
    print(writer.get_extra_info("socket").fileno())

async def from_elsewhere():
    server = await asyncio.start_server(lambda reader, writer: print(writer.get_extra_info("peername")[0]), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", server.sockets[0].getsockname()[1], local_addr=("127.0.0.9", 0))
    print(writer.get_extra_info("sockname")[0])
    await asyncio.sleep(0.05)
    writer.close()
    server.close()

async def main():
    await converse(server, client)
    await from_elsewhere()

asyncio.run(main())
