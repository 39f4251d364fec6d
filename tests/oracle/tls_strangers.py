# SPDX-License-Identifier: MIT
import asyncio
from net import read
from tls import converse, serving, told, trusting

async def raw(answer, **options):
    """A server that does not speak TLS answers the client's first bytes."""
    async def server(reader, writer):
        first = await reader.read(3)
        print("server", first)
        if answer is not None:
            writer.write(answer)
            writer.close()
        else:
            while await reader.read(1000):
                pass
            print("server at the end", reader.at_eof())
            writer.close()
            done.set()
    done = asyncio.Event()
    listener = await asyncio.start_server(server, "127.0.0.1", 0)
    address = listener.sockets[0].getsockname()
    await told(asyncio.open_connection(*address, ssl=trusting(), server_hostname="localhost", **options))
    if answer is None:
        await done.wait()
    listener.close()

async def client(words, close):
    """A client that does not speak TLS connects to a TLS server."""
    async def server(reader, writer):
        print("served")
    listener = await asyncio.start_server(server, "127.0.0.1", 0, ssl=serving(), ssl_handshake_timeout=0.1)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
    writer.write(words)
    if close:
        writer.write_eof()
    await told(read(reader, 100))
    writer.close()
    listener.close()

async def main():
    await raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await raw(b"\x15\x03\x03\x00\x02\x02\x28")
    await raw(b"\x16\x03\x03\xff\xff1234")
    await raw(b"\x16\x03\x03\x00\x10")
    await raw(b"")
    await raw(None, ssl_handshake_timeout=0.25)
    await raw(None, ssl_handshake_timeout=1.0)
    await client(b"GET / HTTP/1.1\r\n\r\n", False)
    await client(b"\x16\x03", True)
    await client(b"", True)
    await client(b"", False)

asyncio.run(main())
