# SPDX-License-Identifier: MIT
"""Shared by the pairs about TLS; tls_pair.h is its C half."""
import asyncio
import os
import re
import ssl

MADE = os.environ["CERTIFICATES"]


def made(name):
    return os.path.join(MADE, name)


def serving(name="server", **attributes):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(made(name + ".pem"), made(name + ".key"))
    for key, value in attributes.items():
        setattr(context, key, value)
    return context


def trusting(ca="ca", name=None):
    context = ssl.create_default_context(cafile=made(ca + ".pem"))
    if name is not None:
        context.load_cert_chain(made(name + ".pem"), made(name + ".key"))
    return context


def words(error):
    """str(error), without the place in CPython's own source."""
    return re.sub(r" \(_ssl\.c:\d+\)", "", str(error))


def say_error(error):
    print(f"{type(error).__name__}: {words(error)}" if error is not None else "None")


async def told(awaitable):
    try:
        await awaitable
    except BaseException as error:
        say_error(error)
        return error
    print("None")


async def converse(server, client, serving_context, trusting_context, listen={}, **options):
    """Run a server and a client, as converse() of net.py."""
    tasks = []

    async def serve(reader, writer):
        tasks.append(asyncio.current_task())
        try:
            await server(reader, writer)
        finally:
            writer.close()

    listener = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=serving_context, **listen)
    port = listener.sockets[0].getsockname()[1]
    options.setdefault("server_hostname", "localhost")
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trusting_context, **options)
        try:
            await client(reader, writer)
        finally:
            writer.close()
    finally:
        listener.close()
        await asyncio.gather(*tasks)
