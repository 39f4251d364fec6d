# SPDX-License-Identifier: MIT
# python: 3.12+
# exit: 0
# same: stdout stderr
# expect: none
# A program forks, with warnings as errors. It has one thread; with two, CPython would warn
import asyncio
import os
import subprocess
import sys
import threading
import warnings

warnings.simplefilter("error")
filters = list(warnings.filters)


def fork(function=os.fork):
    sys.stdout.flush()
    try:
        child = function()
    except DeprecationWarning as warning:
        return str(warning).partition("use of")[2]
    if function is not os.fork:
        child, terminal = child
    if child == 0:
        os._exit(warnings.filters != filters)
    status = os.waitpid(child, 0)[1]
    if function is not os.fork:
        os.close(terminal)  # not before, or the child would get SIGHUP
    return os.waitstatus_to_exitcode(status)


async def main():
    print(fork(), fork())
    await asyncio.sleep(0)
    print(fork(os.forkpty), subprocess.call(["true"], preexec_fn=lambda: None))


asyncio.run(main())
print(fork(), warnings.filters == filters)
event = threading.Event()
thread = threading.Thread(target=event.wait)
thread.start()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    pid = os.fork()
    if pid == 0:
        os._exit(0)
    os.waitpid(pid, 0)
print([str(warning.message).partition("use of")[2] for warning in caught])
event.set()
thread.join()
