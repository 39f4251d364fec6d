# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: unclosed-handle x1 line=20 text~"detail": "transport"
# expect: unclosed-handle x1 line=25 text~"detail": "transport"
# same: stdout
# Both ends of a pipe are connected to the loop, and collected while open: each is reported with its place; a closed one is not
import asyncio
import os


def ends():
    r, w = os.pipe()
    return os.fdopen(r, "rb"), os.fdopen(w, "wb")


async def listen(file):
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), file)


async def speak(file):
    loop = asyncio.get_running_loop()
    await loop.connect_write_pipe(asyncio.BaseProtocol, file)


async def main():
    loop = asyncio.get_running_loop()
    read, write = ends()
    transport, _ = await loop.connect_read_pipe(asyncio.Protocol, read)
    transport.close()
    write.close()
    await asyncio.sleep(0)
    print("closed")
    read, write = ends()
    await listen(read)
    await speak(write)


asyncio.run(main())
