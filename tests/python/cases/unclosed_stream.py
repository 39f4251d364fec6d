# SPDX-License-Identifier: MIT
# python: 3.13+
# exit: 0
# expect: unclosed-handle x1 line=20 text~"detail": "stream".*opens at THIS.py:20
# A stream is collected while it is open, and its loop runs: asyncio's warning names no object, and yet it is reported where it was opened
import asyncio
import gc


async def serve(reader, writer):
    await reader.read()
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    address = server.sockets[0].getsockname()

    async def opens():
        await asyncio.open_connection(*address)

    await opens()
    gc.collect()
    await asyncio.sleep(0.05)
    gc.collect()
    server.close()
    await server.wait_closed()


asyncio.run(main())
