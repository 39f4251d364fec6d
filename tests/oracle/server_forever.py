# SPDX-License-Identifier: MIT
import asyncio
from net import say_error

async def serve(reader, writer):
    writer.close()

async def forever(name, server):
    try:
        await server.serve_forever()
    except asyncio.CancelledError as error:
        print(name, "cancelled", error)
        raise
    except RuntimeError as error:
        print(name, "RuntimeError", str(error).split(">")[-1].strip())

async def ended(task):
    await asyncio.wait([task])
    print(task.done(), task.cancelled())

async def main():
    server = await asyncio.start_server(serve, "127.0.0.1", 0, start_serving=False)
    task = asyncio.create_task(forever("first", server))
    await asyncio.sleep(0)
    print(server.is_serving())
    await forever("second", server)
    task.cancel("that is enough")
    await ended(task)
    print(server.is_serving(), len(server.sockets))
    await server.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    task = asyncio.create_task(forever("third", server))
    await asyncio.sleep(0)
    server.close()
    await ended(task)
    print(server.is_serving(), len(server.sockets))

asyncio.run(main())
