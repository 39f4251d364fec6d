# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved|unhandled-error x1 line=12 text~JSONDecodeError
# allow: unclosed-handle
# The handler of a connection fails; up to 3.11 this is not reported while the server lives, and the client waits for ever
import asyncio
import json


async def handle(reader, writer):
    request = json.loads(await reader.readline())
    writer.write(json.dumps({"id": request["id"]}).encode())
    writer.close()


async def main():
    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
    writer.write(b"GET / HTTP/1.1\n")
    try:
        print("answer:", await asyncio.wait_for(reader.read(), 0.3))
    except asyncio.TimeoutError:
        print("no answer")
    writer.close()
    server.close()
    await asyncio.sleep(0.05)


asyncio.run(main())
