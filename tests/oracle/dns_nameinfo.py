# SPDX-License-Identifier: MIT
import asyncio
import socket
from net import say_error

async def look(address, flags):
    try:
        print(*await asyncio.get_running_loop().getnameinfo(address, flags))
    except OSError as error:
        say_error(error)

async def main():
    host, service = socket.NI_NUMERICHOST, socket.NI_NUMERICSERV
    await look(("127.0.0.1", 80), host | service)
    await look(("127.0.0.1", 80), host)
    await look(("127.0.0.1", 25), host)
    await look(("127.0.0.1", 53), host | socket.NI_DGRAM)
    await look(("127.0.0.1", 64999), host)
    await look(("::1", 443), host | service)
    await look(("::1", 443), host)
    await look(("127.0.0.1", 0), service)
    await look(("0.0.0.0", 1), host | service)
    await look(("240.0.0.1", 80), host | socket.NI_NAMEREQD)

async def order():
    loop = asyncio.get_running_loop()
    tasks = [asyncio.ensure_future(loop.getnameinfo(("127.0.0.1", 80 + i), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV))
             for i in range(20)]
    tasks[7].cancel("not this one")
    for found in await asyncio.gather(*tasks, return_exceptions=True):
        print(found if isinstance(found, tuple) else type(found).__name__)

asyncio.run(main())
asyncio.run(order())
