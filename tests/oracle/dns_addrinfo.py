# SPDX-License-Identifier: MIT
import asyncio
import socket
from net import say_error

async def look(host, service, **hints):
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, service, **hints)
    except OSError as error:
        say_error(error)
        print(type(error).__mro__[1].__name__, error.errno)
        return
    for family, kind, proto, name, address in found:
        print(int(family), int(kind), proto, repr(name), address)

async def main():
    numeric = socket.AI_NUMERICHOST
    await look("127.0.0.1", 80)
    await look("127.0.0.1", "http", type=socket.SOCK_STREAM)
    await look("::1", 443, type=socket.SOCK_STREAM)
    await look("fe80::1", None, type=socket.SOCK_DGRAM, flags=numeric)
    await look(None, 8080, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    await look(None, 8080, type=socket.SOCK_STREAM)
    await look("localhost", 25, type=socket.SOCK_STREAM, family=socket.AF_INET)
    await look("127.0.0.1", 7, type=socket.SOCK_STREAM, flags=socket.AI_CANONNAME | numeric)
    await look("not an address", 80, flags=numeric)
    await look("127.0.0.1", "no such service", type=socket.SOCK_STREAM)
    await look("::1", 80, family=socket.AF_INET)
    await look("127.0.0.1", 80, family=77)
    await look("127.0.0.1", "http", type=socket.SOCK_RAW)
    await look(None, None)

asyncio.run(main())
