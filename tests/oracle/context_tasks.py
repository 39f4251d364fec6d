# SPDX-License-Identifier: MIT
# Context variables: tasks inherit them and change copies; a coroutine changes those of its awaiter.
import asyncio
import contextvars
from tell import *

var = contextvars.ContextVar("var", default="default")
other = contextvars.ContextVar("other")

async def child(name):
    print(name, "begins with", var.get())
    var.set(name)
    await asyncio.sleep(0)
    print(name, "still has", var.get())
    grandchild = asyncio.create_task(leaf(name + "'s child"))
    var.set(name + " later")
    await grandchild

async def leaf(name):
    print(name, "has", var.get())

async def sets():
    var.set("set in a coroutine")

async def main():
    print(var.get())
    try:
        other.get()
    except LookupError as e:
        print(type(e).__name__)
    var.set("main")
    one, two = asyncio.create_task(child("one")), asyncio.create_task(child("two"))
    var.set("main later")
    await asyncio.gather(one, two)
    print("main", var.get())
    await sets()
    print("main", var.get())
    await asyncio.create_task(sets())
    print("main", var.get())
    context = contextvars.copy_context()
    await asyncio.create_task(child("given"), context=context)
    print("given", context[var], "main", var.get())
    async with asyncio.TaskGroup() as group:
        group.create_task(leaf("member"))
        group.create_task(leaf("member in a context"), context=context)
    await asyncio.wait_for(sets(), 1)
    print("after wait_for", var.get())
    await asyncio.gather(sets(), leaf("gathered"))
    print("after gather", var.get())

var.set("outside")
asyncio.run(main())
print("outside", var.get())
