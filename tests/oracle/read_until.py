# SPDX-License-Identifier: MIT
import asyncio
from net import converse, read, told, until

PIECES = [b"one-", b"-two--thr", b"ee\r", b"\nfour\r\n\r", b"\n-", b"end-"]

async def server(reader, writer):
    for piece in PIECES:
        await reader.readexactly(1)
        writer.write(piece)

async def prompt(writer):
    writer.write(b".")
    await asyncio.sleep(0.02)

async def client(reader, writer):
    await prompt(writer)
    task = asyncio.create_task(until(reader, b"--"))
    await prompt(writer)
    await task
    await until(reader, b"--")
    await told(until(reader, b""))
    await prompt(writer)
    task = asyncio.create_task(until(reader, b"\r\n"))
    await prompt(writer)
    await task
    task = asyncio.create_task(until(reader, b"\r\n\r\n"))
    await prompt(writer)
    await task
    await prompt(writer)
    await told(until(reader, b"--"))
    print(reader.at_eof())
    await told(until(reader, b"--"))

asyncio.run(converse(server, client))
