# SPDX-License-Identifier: MIT
# Tasks that another thread starts: results, errors, a timeout, a cancellation, and the order of calls.
import asyncio
import concurrent.futures
import threading
from tell import *

seen = []

async def work(kind):
    print("on the loop", threading.current_thread() is threading.main_thread())
    try:
        if kind == "fails":
            raise ValueError("across")
        if kind == "slow":
            await asyncio.sleep(10)
        return "result"
    except asyncio.CancelledError:
        seen.append((kind, asyncio.current_task().cancelling()))
        raise

def other_thread(loop, ready):
    future = asyncio.run_coroutine_threadsafe(work("fast"), loop)
    print(future.result(5), future.done(), future.cancelled(), future.cancel())
    future = asyncio.run_coroutine_threadsafe(work("fails"), loop)
    try:
        future.result(5)
    except ValueError as e:
        tell("error", e)
    future = asyncio.run_coroutine_threadsafe(work("slow"), loop)
    try:
        future.result(0.05)
    except TimeoutError as e:
        print("timed out", future.done())
    print(future.cancel(), future.done(), future.cancelled(), future.cancel())
    try:
        future.result()
    except concurrent.futures.CancelledError as e:
        print(type(e).__name__)
    for word in "a", "b", "c":
        loop.call_soon_threadsafe(print, word)
    loop.call_soon_threadsafe(ready.set_result, "ready")

async def main():
    loop = asyncio.get_running_loop()
    ready = loop.create_future()
    thread = threading.Thread(target=other_thread, args=(loop, ready))
    thread.start()
    print(await ready)
    thread.join()
    print(*seen[0])

asyncio.run(main())
