# SPDX-License-Identifier: MIT
# The order of callbacks of all kinds; handles that are cancelled; callbacks that schedule callbacks.
import asyncio
from tell import *

async def main():
    loop = asyncio.get_running_loop()
    def say(word):
        print(word)
    def same(word):
        print(word)  # differs: CPython's heap does not keep the order of equal times; here it is the order in which the timers were created
    def again(word):
        print(word, "again?")
        loop.call_soon(say, word + " again")
        loop.call_later(0, say, word + " later 0")
    future = loop.create_future()
    for word in "done 1", "done 2":
        future.add_done_callback(lambda f, word=word: say(word))
    removed = lambda f: say("removed")
    future.add_done_callback(removed)
    future.add_done_callback(removed)
    loop.call_soon(again, "soon 1")
    loop.call_soon_threadsafe(say, "threadsafe")
    loop.call_later(0, say, "later 0")
    loop.call_later(-1, say, "later -1")
    cancelled = loop.call_soon(say, "cancelled")
    cancelled.cancel()
    gone = loop.call_soon(say, "cancelled at once")
    gone.cancel()
    print("removed", future.remove_done_callback(removed), future.remove_done_callback(removed))
    future.set_result(None)
    loop.call_soon(say, "soon 2")
    print(future.remove_done_callback(removed))
    future.add_done_callback(lambda f: say("done 3, added late"))
    print("main waits")
    await asyncio.sleep(0)
    print("main goes on")
    await asyncio.sleep(0)
    print("main goes on again")
    when = loop.time() + 0.02
    for word in "same time 1", "same time 2", "same time 3":
        loop.call_at(when, same, word)
    loop.call_at(when - 0.01, say, "earlier")
    loop.call_at(when, same, "same time 4")
    timer = loop.call_at(when, say, "a cancelled timer")
    loop.call_at(when - 0.005, timer.cancel)
    await asyncio.sleep(0.1)

asyncio.run(main())
