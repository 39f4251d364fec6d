# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_HELD_S=1
# expect: none
# Threads start coroutines by run_coroutine_threadsafe(), and retrieve their errors: by result(), exception(), a callback, wait(), another loop
import asyncio
import concurrent.futures
import threading

seen = []


async def fail(number):
    await asyncio.sleep(0.01)
    raise LookupError(number)


def by_result(future):
    try:
        future.result()
    except LookupError as error:
        seen.append(error.args[0])


def by_wait(future):
    done, _ = concurrent.futures.wait([future])
    seen.append(done.pop().exception().args[0])


async def by_other_loop(future):
    try:
        await asyncio.wrap_future(future)
    except LookupError as error:
        seen.append(error.args[0])


def bridge(loop, told):
    def start(number):
        return asyncio.run_coroutine_threadsafe(fail(number), loop)

    by_result(start(0))
    by_wait(start(1))
    asyncio.run(by_other_loop(start(2)))
    start(3).add_done_callback(lambda future: seen.append(future.exception().args[0]))
    late = [start(number) for number in (4, 5, 6)]
    told.wait()
    for future in late:
        by_result(future)


async def main():
    told = threading.Event()
    thread = threading.Thread(target=bridge, args=(asyncio.get_running_loop(), told))
    thread.start()
    while 3 not in seen:
        await asyncio.sleep(0.05)
    await asyncio.sleep(1.5)
    told.set()
    await asyncio.to_thread(thread.join)
    print(sorted(seen))


asyncio.run(main())
