# SPDX-License-Identifier: MIT
import asyncio
import tempfile
from net import converse, say_error, told

SIZE = 16_000_000
go = asyncio.Event()

async def server(reader, writer):
    await go.wait()
    total = 0
    while data := await reader.read(65536):
        total += len(data)
    print("server", total if total in (SIZE + 4,) else total < SIZE)

def attempt(call, *arguments):
    try:
        call(*arguments)
    except Exception as error:
        say_error(error)
    else:
        print("None")

async def finishes(reader, writer):
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(b"s" * SIZE)
        task = asyncio.create_task(loop.sendfile(writer.transport, file))
        await asyncio.sleep(0.05)
        print(task.done())
        attempt(writer.write, b"between")
        attempt(writer.writelines, [b"between"])
        go.set()
        print(await task)
        attempt(writer.write, b"then")

async def cancelled(reader, writer):
    loop = asyncio.get_running_loop()
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(b"s" * SIZE)
        task = asyncio.create_task(loop.sendfile(writer.transport, file))
        await asyncio.sleep(0.05)
        task.cancel("no")
        await told(task)
        print(0 < file.tell() < SIZE)  # differs: CPython documents that the position is set after an error, but does not set it when cancelled
        attempt(writer.write, b"then")
        writer.transport.abort()
        go.set()

async def main():
    await converse(server, finishes)
    go.clear()
    await converse(server, cancelled)

asyncio.run(main())
