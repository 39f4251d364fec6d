# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# expect: none
# allow: blocked-loop
# Sub-interpreters run asyncio, also beside and within the main interpreter's loop: none of it is recorded, and nothing is mixed up
import asyncio
import sys

try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters

SCRIPT = """
import asyncio, sys, time, warnings

async def lose():
    raise ValueError("lost in another interpreter")

async def main():
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: None)
    for _ in range(20):
        asyncio.create_task(lose())
        await asyncio.sleep(0)
    while time.thread_time() < 0.4:
        await asyncio.sleep(0)
    warnings.simplefilter("ignore")
    warnings.warn("unclosed transport <none>", ResourceWarning, source=asyncio.current_task())
    assert sys.get_coroutine_origin_tracking_depth() == 0
    sys.set_coroutine_origin_tracking_depth(3)
    assert await asyncio.gather(*(asyncio.sleep(0.001, number) for number in range(3))) == [0, 1, 2]

asyncio.run(main())
"""


def run_one():
    interpreter = _interpreters.create()
    run = _interpreters.exec if hasattr(_interpreters, "exec") else _interpreters.run_string
    failure = run(interpreter, SCRIPT)
    if failure:
        print(failure)
        sys.exit(3)
    _interpreters.destroy(interpreter)


async def main():
    print(await asyncio.gather(*(asyncio.sleep(0.001, number) for number in range(3))))
    if sys.version_info >= (3, 13):
        run_one()
    print(sys.get_coroutine_origin_tracking_depth())
    if sys.version_info >= (3, 13):
        await asyncio.gather(asyncio.to_thread(run_one), asyncio.to_thread(run_one), *(asyncio.sleep(0.001) for _ in range(9)))


asyncio.run(main())
if sys.version_info[:2] != (3, 12):  # 3.12 itself crashes
    run_one()
