# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# env: AWRY_HELD_S=1
# expect: none
# Members of gather() and wait() that failed early, on a loop that, like uvloop, neither polls by epoll nor shows its ready callbacks
import asyncio
import selectors
import sys


class Loop(asyncio.SelectorEventLoop):
    def __getattribute__(self, name):
        if name == "_ready" and not sys._getframe(1).f_code.co_filename.endswith("base_events.py"):
            raise AttributeError(name)
        return super().__getattribute__(name)


async def fail(seconds):
    await asyncio.sleep(seconds)
    raise ValueError("early")


async def main():
    gathered = asyncio.gather(fail(0), asyncio.sleep(1.8), fail(0.1), return_exceptions=True)
    tasks = [asyncio.create_task(coroutine) for coroutine in (fail(0), asyncio.sleep(1.8), fail(0.1))]
    await asyncio.wait(tasks)
    print([type(task.exception()).__name__ for task in tasks])
    print(await gathered)


with asyncio.Runner(loop_factory=lambda: Loop(selectors.PollSelector())) as runner:
    runner.run(main())
