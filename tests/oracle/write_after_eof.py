# SPDX-License-Identifier: MIT
import asyncio
from net import converse, line, read, say_error, told

async def server(reader, writer):
    print("server", await reader.read())
    writer.write(b"still ")
    await writer.drain()
    writer.write(b"here\n")

def attempt(call, *arguments):
    try:
        call(*arguments)
    except Exception as error:
        say_error(error)
    else:
        print("None")

async def client(reader, writer):
    writer.write(b"that is ")
    writer.write(b"all")
    print(writer.can_write_eof())
    writer.write_eof()
    attempt(writer.write, b"more")
    attempt(writer.write, b"")
    attempt(writer.writelines, [b"a", b"b"])
    attempt(writer.write_eof)
    print(writer.is_closing(), reader.at_eof())
    await told(writer.drain())
    await line(reader)
    await read(reader, 10)
    print(writer.is_closing(), reader.at_eof())
    writer.close()
    attempt(writer.write_eof)
    attempt(writer.write, b"more")
    await told(writer.drain())
    await told(writer.wait_closed())

asyncio.run(converse(server, client))
