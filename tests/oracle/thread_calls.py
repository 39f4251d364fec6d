# SPDX-License-Identifier: MIT
# Calls in threads: results, errors, context, several at once, and a cancelled waiter.
import asyncio
import contextvars
import threading
import time
from tell import *

var = contextvars.ContextVar("var", default="default")
released = threading.Event()

def work(what):
    if what == "fails":
        raise ValueError("in a thread")
    if what == "context":
        former = var.get()
        var.set("the thread's")
        return former + " " + var.get()
    if what == "blocks":
        released.wait()
        print("the thread goes on")
        return "nobody's"
    return f"{what} {threading.current_thread() is threading.main_thread()}"

async def main():
    print(await asyncio.to_thread(work, "result"))
    try:
        await asyncio.to_thread(work, "fails")
    except ValueError as e:
        tell("error", e)
    var.set("main's")
    print(await asyncio.to_thread(work, "context"), var.get())
    print(*await asyncio.gather(*(asyncio.to_thread(work, name) for name in ("a", "b", "c"))))
    task = asyncio.create_task(asyncio.to_thread(work, "blocks"))
    await asyncio.sleep(0.01)
    task.cancel("do not wait")
    await outcome("cancelled", task)
    state("cancelled", task)
    try:
        await asyncio.wait_for(asyncio.to_thread(released.wait), 0.01)
    except TimeoutError:
        print("timed out")
    print("main is done")
    released.set()

asyncio.run(main())
