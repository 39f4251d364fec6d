# SPDX-License-Identifier: MIT
# Signals as callbacks of the loop: order, replacement, removal, errors, and a graceful end on SIGTERM.
import asyncio
import os
import signal
from tell import *

def on_signal(name):
    print("signal", name)

async def worker():
    try:
        await asyncio.sleep(10)
    except asyncio.CancelledError as e:
        print("worker cleans up", e)
        await asyncio.sleep(0)
        raise

async def main():
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGUSR1, on_signal, "first")
    loop.add_signal_handler(signal.SIGUSR1, on_signal, "second")
    os.kill(os.getpid(), signal.SIGUSR1)
    print("not at once")
    await asyncio.sleep(0.05)
    print(loop.remove_signal_handler(signal.SIGUSR1), loop.remove_signal_handler(signal.SIGUSR1))
    print(signal.getsignal(signal.SIGUSR1) is signal.SIG_DFL)
    for number in 0, 65, signal.SIGKILL:
        try:
            loop.add_signal_handler(number, on_signal, "never")
        except (ValueError, RuntimeError) as e:
            tell("refused", e)
    me = asyncio.current_task()
    task = asyncio.create_task(worker())
    loop.add_signal_handler(signal.SIGTERM, lambda: (print("terminating"), task.cancel("SIGTERM")))
    await asyncio.sleep(0)
    os.kill(os.getpid(), signal.SIGTERM)
    await outcome("worker", task)
    loop.add_signal_handler(signal.SIGINT, on_signal, "interrupt")
    os.kill(os.getpid(), signal.SIGINT)
    await asyncio.sleep(0.05)
    print("not interrupted", me.cancelling())

asyncio.run(main())
print("end")
