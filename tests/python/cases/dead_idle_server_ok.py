# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# A server without timers is idle for 1.5 s until a client comes: idle, not stuck
import asyncio
import socket
import threading
import time


def client(address):
    time.sleep(1.5)
    with socket.create_connection(address) as s:
        s.sendall(b"stop\n")
        s.recv(10)


async def main():
    stop = asyncio.Event()

    async def handle(reader, writer):
        print(await reader.readline())
        writer.close()
        stop.set()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    thread = threading.Thread(target=client, args=(server.sockets[0].getsockname(),))
    thread.start()
    await stop.wait()
    server.close()
    await server.wait_closed()
    thread.join()


asyncio.run(main())
