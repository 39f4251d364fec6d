# SPDX-License-Identifier: MIT
# Tokens: which values they restore, and where they cannot; Context.run().
import asyncio
import contextvars
from tell import *

var = contextvars.ContextVar("var", default="default")
second = contextvars.ContextVar("second", default="none")

async def resets(token):
    try:
        var.reset(token)
    except ValueError as e:
        print("in a task", type(e).__name__)

def inside():
    print("inside", var.get(), second.get())
    second.set("only inside")

async def main():
    first = var.set("one")
    again = var.set("two")
    print(var.get())
    var.reset(again)
    print(var.get())
    var.reset(first)
    print(var.get())
    token = var.set("three")
    try:
        second.reset(token)
    except ValueError as e:
        print("another variable", type(e).__name__)
    await asyncio.create_task(resets(token))
    print(var.get())
    context = contextvars.copy_context()
    var.set("four")
    context.run(inside)
    print(var.get(), second.get(), context[second])
    context.run(inside)
    def enter_again():
        try:
            context.run(inside)
        except RuntimeError as e:
            print("again", type(e).__name__)
    context.run(enter_again)
    var.reset(token)
    print(var.get())

asyncio.run(main())
