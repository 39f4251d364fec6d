# SPDX-License-Identifier: MIT
import asyncio
from net import converse, told

BIG = b"y" * 8_000_000
go = asyncio.Event()

async def server(reader, writer):
    await go.wait()
    total = len(await reader.read())
    print("server", total if total == len(BIG) else total < len(BIG))

async def closes(reader, writer):
    writer.write(BIG)
    waiting = asyncio.create_task(writer.drain())
    await asyncio.sleep(0.02)
    writer.close()
    print(writer.is_closing(), writer.transport.get_write_buffer_size() > 0, waiting.done())
    both = [asyncio.create_task(writer.wait_closed()) for _ in "ab"]
    await asyncio.sleep(0.02)
    print([task.done() for task in both])
    go.set()
    await told(waiting)
    for task in both:
        await told(task)
    await told(writer.drain())

async def aborts(reader, writer):
    writer.write(BIG)
    waiting = asyncio.create_task(writer.drain())
    await asyncio.sleep(0.02)
    writer.transport.abort()
    print(writer.is_closing(), writer.transport.get_write_buffer_size())
    await told(waiting)
    await told(writer.wait_closed())
    await told(writer.drain())
    go.set()

async def main():
    await converse(server, closes)
    go.clear()
    await converse(server, aborts)

asyncio.run(main())
