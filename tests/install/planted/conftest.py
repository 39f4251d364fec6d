# SPDX-License-Identifier: MIT
import asyncio
import sys

import pytest
import pytest_asyncio


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.fixture
def kept():
    """A list that goes with the test."""
    return []


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_task():
    """A task that serves several tests: it belongs to none of them."""
    task = asyncio.create_task(asyncio.sleep(1000), name="shared")
    yield task
    task.cancel()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared_server():
    """The address of a server that serves several tests, and a list of connections to it, which stay open until the last test has ended."""
    async def answer(reader, writer):
        while line := await reader.readline():
            writer.write(line)
        writer.close()

    writers = []
    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname(), writers
        for writer in writers:
            writer.close()
            await writer.wait_closed()
        await asyncio.sleep(0.05)


@pytest_asyncio.fixture(loop_scope="module")
async def own_task():
    """A task that no test but the one with this fixture should have, and that is left behind."""
    return asyncio.create_task(asyncio.sleep(1000), name="own")


@pytest.fixture
def sleeper():
    """A child process, with the arguments that start it."""
    return [sys.executable, "-c", "import time; time.sleep(0.2)"]
