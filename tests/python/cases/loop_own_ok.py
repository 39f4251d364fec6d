# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout
# expect: none
# A loop of the program, and a mock of a loop: awry does not read their attributes, which would run the program's code
import asyncio
import gc
from unittest import mock

asked = []


class Loop(asyncio.SelectorEventLoop):
    @property
    def _ready(self):
        asked.append("ready")
        return self.queue

    @_ready.setter
    def _ready(self, queue):
        self.queue = queue


async def fail():
    await asyncio.sleep(0)
    raise ValueError("looked at")


async def main():
    task = asyncio.create_task(fail())
    print(repr(await asyncio.gather(task, return_exceptions=True)))


async def fail_at_once():
    raise ValueError("of a mock's")


loop = Loop()
loop.run_until_complete(main())
loop.close()
print(len(asked), "times asked")

loop = mock.MagicMock()
loop.get_debug.return_value = False
task = asyncio.Task(fail_at_once(), loop=loop)
asyncio._set_running_loop(loop)
loop.call_soon.call_args[0][0]()
asyncio._set_running_loop(None)
print(task.exception(), [call[0] for call in loop.mock_calls])
del task
gc.collect()
