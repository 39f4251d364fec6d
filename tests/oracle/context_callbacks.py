# SPDX-License-Identifier: MIT
# Callbacks run in a copy of the context in which they were scheduled, or in a given one.
import asyncio
import contextvars
from tell import *

var = contextvars.ContextVar("var", default="default")

def show(name):
    print(name, var.get())
    var.set("changed by " + name)

def done(name, task):
    print(name, var.get())

async def work():
    var.set("work")
    await asyncio.sleep(0)

async def main():
    loop = asyncio.get_running_loop()
    var.set("a")
    loop.call_soon(show, "soon")
    loop.call_later(0.1, show, "later")
    loop.call_soon_threadsafe(show, "threadsafe")
    context = contextvars.copy_context()
    loop.call_soon(show, "given", context=context)
    loop.call_soon(show, "given again", context=context)
    task = asyncio.create_task(work())
    task.add_done_callback(lambda t: done("done a", t))
    var.set("b")
    loop.call_soon(show, "soon b")
    task.add_done_callback(lambda t: done("done b", t))
    await task
    await asyncio.sleep(0)
    task.add_done_callback(lambda t: done("done already", t))
    var.set("c")
    await asyncio.sleep(0.2)
    print("main", var.get(), context[var])
    future = loop.create_future()
    loop.call_soon(lambda: (var.set("setter's"), future.set_result(var.get())))
    print(await future, var.get())

asyncio.run(main())
