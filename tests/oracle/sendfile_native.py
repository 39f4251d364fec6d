# SPDX-License-Identifier: MIT
import asyncio
import tempfile
from net import converse, say_error

SIZE = 9_000_000

async def server(reader, writer):
    total, check = 0, 0
    while data := await reader.read(65536):
        total += len(data)
        check += sum(data)
    print("server", total, check)

async def send(writer, file, *arguments, **options):
    loop = asyncio.get_running_loop()
    try:
        print("sent", await loop.sendfile(writer.transport, file, *arguments, **options), file.tell())
    except (ValueError, RuntimeError, asyncio.SendfileNotAvailableError) as error:
        say_error(error)

async def client(reader, writer):
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(bytes(i * 7 % 251 for i in range(SIZE)))
        writer.write(b"before" * 500_000)
        await send(writer, file, fallback=False)
        await send(writer, file, 10, 100, fallback=False)
        await send(writer, file, SIZE - 5, 100, fallback=False)
        await send(writer, file, SIZE + 5, 100, fallback=False)
        await send(writer, file, SIZE, None, fallback=False)
        await send(writer, file, 0, 0, fallback=False)
        await send(writer, file, 0, -3)
        await send(writer, file, -1)
        writer.write(b"after")
        file.truncate(0)
        await send(writer, file)
        print(file.tell())
    writer.close()
    await writer.wait_closed()
    with tempfile.TemporaryFile(buffering=0) as file:
        await send(writer, file)

asyncio.run(converse(server, client))
