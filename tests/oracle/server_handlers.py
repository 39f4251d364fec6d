# SPDX-License-Identifier: MIT
import asyncio
from net import line, read, told

log = []

async def serve(reader, writer):
    log.append("start")
    while True:
        what = (await reader.readline()).decode().strip()
        if not what:
            break
        log.append(what)
        if what in ("fail", "return"):
            break
        writer.write(what.encode() + b"!\n")
    writer.close()
    if what == "fail":
        raise ValueError("the handler of one")

async def main():
    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    clients = []
    for i in range(3):
        clients.append(await asyncio.open_connection("127.0.0.1", port))
        clients[i][1].write(b"hello %d\n" % i)
        await line(clients[i][0])
    for i in (2, 0, 1):
        clients[i][1].write((b"fail\n", b"more\n", b"return\n")[i])
        await line(clients[i][0])
    clients[1][1].write(b"and more\n")
    await line(clients[1][0])
    late = await asyncio.open_connection("127.0.0.1", port)
    late[1].write(b"late\n")
    await line(late[0])
    server.close()
    clients[1][1].write(b"after the end\nreturn\n")
    await line(clients[1][0])
    await read(clients[1][0], 5)
    print(log)
    for _, writer in (*clients, late):
        writer.close()
    await asyncio.sleep(0.01)

asyncio.run(main())
