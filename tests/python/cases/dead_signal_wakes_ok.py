# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Every task waits, and there is no timer, file or thread: a signal handler of the program wakes one of them
import asyncio
import signal


async def main():
    loop, ready = asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGALRM, ready.set)
    signal.alarm(1)
    await ready.wait()


asyncio.run(main())
