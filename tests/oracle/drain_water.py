# SPDX-License-Identifier: MIT
import asyncio
from net import converse, told

BIG = b"x" * 16_000_000
HUGE = b"x" * 64_000_000  # more than the kernel buffers for a fast reader
go = asyncio.Event()

async def server(reader, writer):
    await go.wait()
    go.clear()
    await reader.readexactly(len(BIG) + 10)
    await go.wait()
    print("rest", len(await reader.read()))

async def drain(name, writer):
    try:
        await writer.drain()
    except asyncio.CancelledError as error:
        print(name, "cancelled", error)
        raise
    print(name, "drained")

async def client(reader, writer):
    writer.transport.set_write_buffer_limits(high=100, low=50)
    writer.write(b"0123456789")
    await drain("little", writer)
    writer.write(BIG)
    tasks = [asyncio.create_task(drain(name, writer)) for name in ("a", "b", "c")]
    await asyncio.sleep(0.05)
    print([task.done() for task in tasks], writer.transport.get_write_buffer_size() > 100)
    tasks[1].cancel("never mind")
    await told(tasks[1])
    go.set()
    await tasks[0]
    await tasks[2]
    print(writer.transport.get_write_buffer_size() <= 50)
    writer.transport.set_write_buffer_limits(high=128_000_000)
    writer.write(HUGE)
    await drain("high", writer)
    late = writer.transport.get_write_buffer_size()
    writer.transport.set_write_buffer_limits(high=10, low=0)
    task = asyncio.create_task(drain("low", writer))
    await asyncio.sleep(0.02)
    print(late > 100, task.done())
    go.set()
    await task
    writer.write_eof()

asyncio.run(converse(server, client))
