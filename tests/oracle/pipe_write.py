# SPDX-License-Identifier: MIT
import asyncio
import os
import tempfile
from net import told

async def open_writer(fd):
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_write_pipe(lambda: protocol, os.fdopen(fd, "wb", buffering=0))
    return asyncio.StreamWriter(transport, protocol, reader, loop)

async def finish(writer):
    print(writer.is_closing())
    await told(writer.wait_closed())
    await told(writer.drain())

async def main():
    print("to the end")
    out, into = os.pipe()
    writer = await open_writer(into)
    writer.write(b"hello")
    print(os.read(out, 10), writer.can_write_eof(), writer.is_closing())
    writer.writelines([b"a", b"b"])
    writer.write_eof()
    await finish(writer)
    print(os.read(out, 10))
    print(os.read(out, 10))
    os.close(out)

    print("the reader goes while nothing is unsent")
    out, into = os.pipe()
    writer = await open_writer(into)
    os.close(out)
    await asyncio.sleep(0.02)
    await finish(writer)

    print("the reader goes while something is")
    out, into = os.pipe()
    writer = await open_writer(into)
    writer.write(b"x" * 1_000_000)
    waiting = asyncio.create_task(writer.drain())
    await asyncio.sleep(0.02)
    os.close(out)
    await told(waiting)
    print(writer.is_closing())
    await told(writer.wait_closed())

    print("no pipe")
    with tempfile.TemporaryFile() as file:
        await told(open_writer(os.dup(file.fileno())))

asyncio.run(main())
