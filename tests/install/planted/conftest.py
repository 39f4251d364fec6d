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


@pytest.fixture
def sleeper():
    """A child process, with the arguments that start it."""
    return [sys.executable, "-c", "import time; time.sleep(0.2)"]
