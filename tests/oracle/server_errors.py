# SPDX-License-Identifier: MIT
import asyncio
import socket
from net import say_error

async def attempt(host, port, **options):
    try:
        server = await asyncio.start_server(lambda reader, writer: None, host, port, **options)
    except OSError as error:
        say_error(type(error)(str(error).replace(str(port), "PORT") if port else str(error)))
        print(error.errno)
    else:
        print("None", len(server.sockets))
        server.close()

async def main():
    taken = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = taken.sockets[0].getsockname()[1]
    await attempt("127.0.0.1", port)
    await attempt("localhost", port, family=socket.AF_INET)
    await attempt("127.0.0.2", port)
    await attempt("192.0.2.1", 0)
    await attempt("::1", 0, family=socket.AF_INET)
    await attempt("127.0.0.1", 0, family=socket.AF_INET)
    taken.close()
    await attempt("127.0.0.1", port)
    shared = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0, reuse_port=True)
    port = shared.sockets[0].getsockname()[1]
    await attempt("127.0.0.1", port)
    await attempt("127.0.0.1", port, reuse_port=True)
    shared.close()

asyncio.run(main())
