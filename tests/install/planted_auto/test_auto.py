# SPDX-License-Identifier: MIT
"""As ../planted, without marks: pytest-asyncio in auto mode runs each test and fixture that is async."""
import asyncio
import gc
import time

import pytest

LATE = []


async def fails():
    raise ValueError("lost")


@pytest.fixture
async def background():
    """Belongs to the test that uses it."""
    task = asyncio.create_task(asyncio.sleep(1000))
    yield task
    task.cancel()


@pytest.fixture
async def forgetful():
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)


async def test_never_retrieved_task():
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)


async def test_never_retrieved_in_a_fixture(forgetful):
    assert forgetful is None


async def test_never_retrieved_task_ok(background):
    with pytest.raises(ValueError):
        await asyncio.create_task(fails())
    assert not background.done()


async def test_never_awaited_coroutine():
    asyncio.sleep(0)


async def test_destroyed_pending_task():
    async def waits():
        await asyncio.get_running_loop().create_future()

    asyncio.create_task(waits())
    await asyncio.sleep(0.01)
    gc.collect()


async def test_unhandled_error_in_callback():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)


async def test_unclosed_handle_transport():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
    loop._remove_reader(transport._sock.fileno())  # else the loop keeps it
    del transport, _
    gc.collect()
    await asyncio.sleep(0)


async def test_blocked_loop_step():
    time.sleep(0.5)


async def test_deadlock_of_two_locks():
    async def holds(mine, other):
        async with mine:
            await asyncio.sleep(0.05)
            async with other:
                pass

    one, two = asyncio.Lock(), asyncio.Lock()
    tasks = [asyncio.create_task(holds(one, two)), asyncio.create_task(holds(two, one))]
    await asyncio.wait(tasks, timeout=3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.asyncio(loop_scope="module")
async def test_outlives_test_task():
    LATE.append(asyncio.create_task(asyncio.sleep(1000)))
    await asyncio.sleep(0)


@pytest.mark.asyncio(loop_scope="module")
async def test_outlives_test_task_ok():
    task = asyncio.create_task(asyncio.sleep(0))
    await task
