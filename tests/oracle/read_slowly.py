# SPDX-License-Identifier: MIT
import asyncio
from net import converse, exactly

SIZE = 32 * 1024 * 1024
state = {"sent": 0, "done": False}

async def server(reader, writer):
    block = bytes(range(256)) * 256
    while state["sent"] < SIZE:
        writer.write(block)
        state["sent"] += len(block)
        await writer.drain()
    state["done"] = True

async def client(reader, writer):
    await asyncio.sleep(0.3)
    print("blocked", not state["done"], state["sent"] < SIZE)
    total, wrong = 0, 0
    while data := await reader.read(1 << 20):
        wrong += data[0] != total % 256 or data[-1] != (total + len(data) - 1) % 256
        total += len(data)
    print("read", total, "wrong", wrong, "done", state["done"])
    print(reader.at_eof())

asyncio.run(converse(server, client, limit=1024))
