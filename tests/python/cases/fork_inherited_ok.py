# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# reports: 2
# expect: none
# Children that are forked in a running loop inherit its tasks: nothing is recorded in children that run no loop of their own,
# however they exit
import asyncio
import os
import sys


async def tick():
    while True:
        await asyncio.sleep(0.01)


def child(leave):
    sys.stdout.flush()
    process = os.fork()
    if process == 0:
        leave()
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def run_another():
    if sys.version_info < (3, 12):  # which treats the parent's loop as running
        asyncio.events._set_running_loop(None)
    asyncio.run(asyncio.sleep(0.01))
    os._exit(5)


async def main():
    tasks = [asyncio.create_task(tick()) for _ in range(3)]
    await asyncio.sleep(0.05)
    print(child(lambda: os._exit(3)))
    print(child(run_another))
    print(child(lambda: os.execv("/bin/true", ["true"])))
    for task in tasks:
        task.cancel()
    print(len((await asyncio.wait(tasks))[0]))


asyncio.run(main())
