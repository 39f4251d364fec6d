# SPDX-License-Identifier: MIT
"""Each test without _ok at its end has the finding that its name begins with, and no other; those with _ok have none."""
import asyncio
import functools
import gc
import time
import unittest
import weakref

import pytest

LATE = []
CYCLES = []


async def fails():
    raise ValueError("lost")


async def returns():
    return 1


# ---- never-retrieved ----

@pytest.mark.asyncio
async def test_never_retrieved_task():
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_never_retrieved_task_ok():
    task = asyncio.create_task(fails())
    with pytest.raises(ValueError):
        await task


@pytest.mark.asyncio
async def test_never_retrieved_second_of_gather():
    with pytest.raises(ValueError):
        await asyncio.gather(fails(), fails())
    await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_never_retrieved_gather_ok():
    errors = await asyncio.gather(fails(), fails(), return_exceptions=True)
    assert [type(error) for error in errors] == [ValueError, ValueError]


def test_never_retrieved_in_run():
    async def main():
        asyncio.create_task(fails())
        await asyncio.sleep(0.01)

    asyncio.run(main())


def test_never_retrieved_in_run_ok():
    assert asyncio.run(returns()) == 1


class TestUnittest(unittest.IsolatedAsyncioTestCase):
    async def test_never_retrieved_in_unittest(self):
        asyncio.create_task(fails())
        await asyncio.sleep(0.01)

    async def test_never_retrieved_in_unittest_ok(self):
        with self.assertRaises(ValueError):
            await asyncio.create_task(fails())


@pytest.mark.anyio
async def test_never_retrieved_in_anyio():
    asyncio.create_task(fails())  # anyio's runner fails the test, too
    await asyncio.sleep(0.01)


@pytest.mark.anyio
async def test_never_retrieved_in_anyio_ok():
    with pytest.raises(ValueError):
        await asyncio.create_task(fails())


@pytest.mark.asyncio
async def test_never_retrieved_until_a_later_test():
    LATE.append(asyncio.create_task(fails()))
    await asyncio.sleep(0.01)


def test_drops_the_task_of_another_test_ok():
    LATE.clear()


@pytest.mark.asyncio
@pytest.mark.awry(allow=["never-retrieved"])
async def test_never_retrieved_that_is_allowed_ok():
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)


# ---- never-awaited ----

@pytest.mark.asyncio
async def test_never_awaited_coroutine():
    returns()


@pytest.mark.asyncio
async def test_never_awaited_coroutine_ok():
    await returns()


# ---- destroyed-pending ----

@pytest.mark.asyncio
async def test_destroyed_pending_task():
    async def waits():
        await asyncio.get_running_loop().create_future()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0.01)
    del task
    gc.collect()


@pytest.mark.asyncio
async def test_destroyed_pending_task_ok(kept):
    kept.append(asyncio.create_task(asyncio.sleep(0.01)))
    await asyncio.sleep(0.05)
    gc.collect()


# ---- unhandled-error ----

@pytest.mark.asyncio
async def test_unhandled_error_in_callback():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0.01)


@pytest.mark.asyncio
async def test_unhandled_error_in_callback_ok():
    asyncio.get_running_loop().call_soon(lambda: 1 + 0)
    await asyncio.sleep(0.01)


# ---- unclosed-handle ----

async def echo(reader, writer):
    writer.close()


@pytest.mark.asyncio
async def test_unclosed_handle_transport():
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
    loop._remove_reader(transport._sock.fileno())  # else the loop keeps it
    del transport, _
    gc.collect()
    await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_unclosed_handle_transport_ok():
    transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0))
    transport.close()
    await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_unclosed_handle_stream_ok():
    server = await asyncio.start_server(echo, "127.0.0.1", 0)
    async with server:
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.close()
        await writer.wait_closed()


@pytest.mark.asyncio
async def test_unclosed_handle_subprocess_ok(sleeper):
    process = await asyncio.create_subprocess_exec(*sleeper)
    assert await process.wait() == 0


# ---- blocked-loop ----

@pytest.mark.asyncio
async def test_blocked_loop_step():
    time.sleep(0.5)


@pytest.mark.asyncio
async def test_blocked_loop_step_ok():
    await asyncio.sleep(0.5)


@pytest.mark.asyncio
@pytest.mark.awry(blocked_ms=20000)
async def test_blocked_loop_that_is_allowed_ok():
    time.sleep(0.5)


# ---- deadlock ----

async def holds(mine, other):
    async with mine:
        await asyncio.sleep(0.05)
        async with other:
            pass


@pytest.mark.asyncio
async def test_deadlock_of_two_locks():
    one, two = asyncio.Lock(), asyncio.Lock()
    tasks = [asyncio.create_task(holds(one, two)), asyncio.create_task(holds(two, one))]
    await asyncio.wait(tasks, timeout=3)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.asyncio
async def test_deadlock_of_two_locks_ok():
    one, two = asyncio.Lock(), asyncio.Lock()
    await asyncio.gather(holds(one, two), holds(one, two))


# ---- outlives-test ----

@pytest.mark.asyncio(loop_scope="module")
async def test_outlives_test_task():
    LATE.append(asyncio.create_task(asyncio.sleep(1000)))
    await asyncio.sleep(0)


@pytest.mark.asyncio(loop_scope="module")
async def test_outlives_test_task_ok():
    task = asyncio.create_task(asyncio.sleep(1000))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.asyncio(loop_scope="module")
async def test_outlives_test_of_a_shared_fixture_ok(shared_task):
    assert not shared_task.done()


@pytest.mark.asyncio(loop_scope="module")
async def test_outlives_test_of_a_shared_server_ok(shared_server):
    address, writers = shared_server
    reader, writer = await asyncio.open_connection(*address)
    writers.append(writer)
    writer.write(b"hello\n")
    assert await reader.readline() == b"hello\n"  # by a task that waits for the next line


@pytest.mark.asyncio(loop_scope="module")
async def test_outlives_test_of_its_own_fixture(own_task):
    LATE.append(own_task)


def decorated(function):
    @functools.wraps(function)
    async def wrapper(*arguments, **named):
        return await function(*arguments, **named)

    return wrapper


@pytest.mark.asyncio(loop_scope="module")
@decorated
async def test_outlives_test_of_a_decorated_test():
    async def creates():
        LATE.append(asyncio.create_task(asyncio.sleep(1000)))

    await asyncio.create_task(creates())


class TestSetUp(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.task = asyncio.create_task(asyncio.sleep(0))

    async def test_outlives_test_of_unittest_ok(self):
        await self.task


# ---- none ----

class Cycle:
    """Lives until garbage is collected."""

    def __init__(self):
        self.own = self


def test_leaves_garbage_ok():
    gc.collect()
    gc.disable()
    CYCLES.append(weakref.ref(Cycle()))
    assert asyncio.run(returns()) == 1


def test_garbage_of_another_test_is_left_alone_ok():
    gc.enable()
    assert CYCLES.pop()() is not None


@pytest.mark.parametrize("number", [1, 2])
def test_without_tasks_ok(number):
    assert number


@pytest.mark.asyncio
async def test_last_of_the_module_ok():
    await asyncio.sleep(0)
