# SPDX-License-Identifier: MIT
import asyncio
import os
import tempfile
from net import exactly, line, read, say_error, told

async def open_reader(fd):
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(fd, "rb", buffering=0))
    return reader, transport

async def main():
    out, into = os.pipe()
    reader, transport = await open_reader(out)
    os.write(into, b"one\ntw")
    await line(reader)
    waiting = asyncio.create_task(line(reader))
    await asyncio.sleep(0.01)
    os.write(into, b"o\nthree")
    await waiting
    print(transport.is_closing(), reader.at_eof())
    os.close(into)
    await asyncio.sleep(0.02)
    print(transport.is_closing(), reader.at_eof())
    await read(reader, 3)
    await told(exactly(reader, 10))
    print(reader.at_eof())
    await read(reader, 3)

    out, into = os.pipe()
    reader, transport = await open_reader(out)
    waiting = asyncio.create_task(read(reader, 10))
    await asyncio.sleep(0.01)
    transport.close()
    await waiting
    print(transport.is_closing(), reader.at_eof())
    try:
        os.write(into, b"nobody")
    except OSError as error:
        say_error(error)
    os.close(into)

    with tempfile.TemporaryFile() as file:
        await told(open_reader(os.dup(file.fileno())))

asyncio.run(main())
