# SPDX-License-Identifier: MIT
import asyncio
import io
import os
from net import converse, say_error

async def server(reader, writer):
    total, check = 0, 0
    while data := await reader.read(65536):
        total += len(data)
        check += sum(data)
    print("server", total, check)

class Pipe(io.RawIOBase):
    """A file like a pipe: it cannot seek."""
    mode = "rb"
    def __init__(self, data):
        out, self.into = os.pipe()
        self.out = os.fdopen(out, "rb", buffering=0)
        os.write(self.into, data)
        os.close(self.into)
    def fileno(self):
        return self.out.fileno()
    def readinto(self, buffer):
        return self.out.readinto(buffer)
    def seek(self, *arguments):
        pass

async def send(writer, file, *arguments, **options):
    loop = asyncio.get_running_loop()
    try:
        print("sent", await loop.sendfile(writer.transport, file, *arguments, **options))
    except Exception as error:
        say_error(error)

async def client(reader, writer):
    data = bytes(i % 253 for i in range(60000))
    await send(writer, Pipe(data), 0, 1000, fallback=False)
    await send(writer, Pipe(data), 0, 1000)
    await send(writer, Pipe(data), 0, 16384)
    await send(writer, Pipe(data), 0, 50001)
    await send(writer, Pipe(data), 0, 1_000_000)
    await send(writer, Pipe(data))
    await send(writer, Pipe(b""), 0, 5)
    writer.write(b"after")

asyncio.run(converse(server, client))
