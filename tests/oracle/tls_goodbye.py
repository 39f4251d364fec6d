# SPDX-License-Identifier: MIT
import asyncio
import socket
import struct
from net import exactly, read
from tls import converse, serving, told, trusting

# each server says "bye" and ends in its own way

async def closes(reader, writer):
    writer.write(b"bye")
    writer.close()
    await writer.wait_closed()

async def vanishes(reader, writer):
    writer.write(b"bye")
    writer.get_extra_info("socket").shutdown(socket.SHUT_WR)
    await asyncio.sleep(0.05)

async def resets(reader, writer):
    writer.write(b"bye")
    await reader.read(1)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()

async def floods(reader, writer):
    writer.write(b"bye" + b"x" * 4_000_000)
    try:
        await writer.drain()
        await reader.read(1)
    except ConnectionError:
        pass

async def hears(reader, writer):
    await told(exactly(reader, 3))
    writer.write(b"!")
    await told(read(reader, 100))
    print(reader.at_eof(), writer.is_closing())
    await told(writer.drain())
    await told(read(reader, 100))
    writer.close()
    await told(writer.wait_closed())

async def leaves(reader, writer):
    await told(exactly(reader, 3))
    writer.close()
    print(writer.is_closing())
    await told(writer.wait_closed())
    await told(writer.drain())

async def waits(reader, writer):
    await told(exactly(reader, 3))
    await asyncio.sleep(0.02)
    await told(writer.wait_closed())
    await told(writer.drain())

async def hears_only(reader, writer):
    await told(exactly(reader, 3))
    await told(read(reader, 100))
    print(reader.at_eof(), writer.is_closing())
    await told(writer.drain())
    await told(writer.wait_closed())
    print(writer.is_closing())

async def aborts(reader, writer):
    await told(exactly(reader, 3))
    writer.transport.abort()
    print(writer.is_closing())
    await told(writer.wait_closed())
    await told(read(reader, 1))
    await told(writer.drain())

async def main():
    here, there = serving(), trusting()
    for server in closes, vanishes:
        for client in hears_only, waits, leaves:
            print(server.__name__, client.__name__)
            await converse(server, client, here, there)
    print("resets hears")
    await converse(resets, hears, here, there)
    print("floods leaves")
    await converse(floods, leaves, here, there)
    print("floods aborts")
    await converse(floods, aborts, here, there)

asyncio.run(main())
