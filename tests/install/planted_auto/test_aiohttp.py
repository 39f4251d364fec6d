# SPDX-License-Identifier: MIT
"""As ../planted, in the handlers of a server that pytest-aiohttp starts for each test."""
import asyncio
import gc
import time

import pytest
from aiohttp import ClientSession, web


async def fails():
    raise ValueError("lost")


async def loses(request):
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)
    return web.Response()


async def forgets(request):
    asyncio.sleep(0)
    return web.Response()


async def drops(request):
    async def waits():
        await asyncio.get_running_loop().create_future()

    asyncio.create_task(waits())
    await asyncio.sleep(0.01)
    gc.collect()
    return web.Response()


async def calls(request):
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)
    return web.Response()


async def blocks(request):
    time.sleep(0.5)
    return web.Response()


async def raises(request):
    raise web.HTTPNotFound()


@pytest.fixture
async def client(aiohttp_client):
    app = web.Application()
    for handler in loses, forgets, drops, calls, blocks, raises:
        app.router.add_get(f"/{handler.__name__}", handler)
    return await aiohttp_client(app)


async def test_never_retrieved_in_a_handler(client):
    assert (await client.get("/loses")).status == 200


async def test_never_awaited_in_a_handler(client):
    assert (await client.get("/forgets")).status == 200


async def test_destroyed_pending_in_a_handler(client):
    assert (await client.get("/drops")).status == 200


async def test_unhandled_error_in_a_handlers_callback(client):
    assert (await client.get("/calls")).status == 200


async def test_blocked_loop_in_a_handler(client):
    assert (await client.get("/blocks")).status == 200


async def test_unclosed_handle_session(client):
    session = ClientSession()
    assert (await session.get(client.make_url("/raises"))).status == 404
    del session
    gc.collect()


async def test_an_error_that_aiohttp_answers_ok(client):
    assert (await client.get("/raises")).status == 404


async def test_a_raw_server_ok(aiohttp_raw_server, aiohttp_client):
    async def answer(request):
        return web.Response(text="raw")

    client = await aiohttp_client(await aiohttp_raw_server(answer))
    assert await (await client.get("/")).text() == "raw"
