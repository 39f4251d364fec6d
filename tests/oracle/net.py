# SPDX-License-Identifier: MIT
"""Shared by the pairs about streams; net.h is its C half."""
import asyncio


async def converse(server, client, **options):
    tasks = []

    async def serve(reader, writer):
        tasks.append(asyncio.current_task())
        try:
            await server(reader, writer)
        finally:
            writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, **options)
    reader, writer = await asyncio.open_connection(*listener.sockets[0].getsockname())
    try:
        await client(reader, writer)
    finally:
        writer.close()
        listener.close()
        await asyncio.gather(*tasks)


def say_error(error):
    print(f"{type(error).__name__}: {error}" if error is not None else "None")


async def told(awaitable):
    """Print the error of an awaitable, with the attributes of stream errors."""
    try:
        await awaitable
    except asyncio.IncompleteReadError as error:
        say_error(error)
        print("expected", error.expected)
        print("partial", error.partial)
        shown = error
    except asyncio.LimitOverrunError as error:
        say_error(error)
        print("consumed", error.consumed)
        shown = error
    except BaseException as error:
        say_error(error)
        shown = error
    else:
        print("None")
        return
    if shown.__context__ is not None and not shown.__suppress_context__:
        print("context", type(shown.__context__).__name__)


async def read(reader, size):
    print("read", await reader.read(size))


async def exactly(reader, size):
    print("exactly", await reader.readexactly(size))


async def until(reader, separator):
    print("until", await reader.readuntil(separator))


async def line(reader):
    print("line", await reader.readline())
