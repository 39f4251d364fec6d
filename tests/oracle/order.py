# SPDX-License-Identifier: MIT
import asyncio

async def child(name):
    print(name, 1)
    await asyncio.sleep(0)
    print(name, 2)
    await asyncio.sleep(0)
    print(name, 3)
    return name

async def main():
    loop = asyncio.get_running_loop()
    say = lambda word: loop.call_soon(print, word)
    say("soon 1")
    a = asyncio.create_task(child("a"))
    say("soon 2")
    b = asyncio.create_task(child("b"))
    a.add_done_callback(lambda t: print("a is done", t.result()))
    b.add_done_callback(lambda t: print("b is done", t.result()))
    loop.call_later(0.4, print, "later 400")
    loop.call_later(0.2, print, "later 200")
    print("main goes on")
    await b
    print("main again")
    say("soon 3")
    await asyncio.sleep(0)
    print("main third")
    await asyncio.sleep(0.6)
    future = loop.create_future()
    future.add_done_callback(lambda f: print("first callback"))
    future.add_done_callback(lambda f: print("second callback"))
    future.set_result(None)
    print("set")
    await future
    print("after the future")
    await asyncio.sleep(0)

asyncio.run(main())
