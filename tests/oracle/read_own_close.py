# SPDX-License-Identifier: MIT
import asyncio
from net import converse, exactly, line, read, told

async def server(reader, writer):
    writer.write(b"one\ntwo")
    await reader.read()

async def client(reader, writer):
    await line(reader)
    waiting = asyncio.create_task(exactly(reader, 100))
    await asyncio.sleep(0)
    print(writer.is_closing())
    writer.close()
    writer.close()
    print(writer.is_closing())
    await told(waiting)
    await read(reader, 10)
    await line(reader)
    print(reader.at_eof())
    await told(writer.wait_closed())
    await told(writer.wait_closed())
    await told(writer.drain())
    print(writer.get_extra_info("sockname") is not None)

asyncio.run(converse(server, client))
