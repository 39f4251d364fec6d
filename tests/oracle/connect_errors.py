# SPDX-License-Identifier: MIT
import asyncio
import socket
from net import say_error

async def attempt(port, host, **options):
    try:
        await asyncio.open_connection(host, port, **options)
    except OSError as error:
        say_error(type(error)(str(error).replace(str(port), "PORT").replace("<AddressFamily.AF_INET: 2>", "2")))
        print(error.errno)

async def main():
    listener = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    listener.close()
    await attempt(port, "127.0.0.1")
    await attempt(port, "localhost", family=socket.AF_INET)
    await attempt(port, "127.0.0.1", family=socket.AF_INET6)
    await attempt(port, "no such name", flags=socket.AI_NUMERICHOST)
    await attempt(port, "::1", family=socket.AF_INET)
    await attempt(port, "127.0.0.1", local_addr=("192.0.2.1", 0))
    await attempt(port, "127.0.0.1", local_addr=("127.0.0.2", 0))
    await attempt(port, "127.0.0.1", local_addr=("::1", 0))
    await attempt(port, None)

asyncio.run(main())
