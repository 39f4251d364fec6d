# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# env: AWRY_LEAKED_S=1
# expect: none
# Tasks whose creator has ended wait for long: for a time, a stream, a thread, a process, an event, a queue, a group, a shielded task
import asyncio
import time

LONG = 3
kept = set()


async def sleeps():
    await asyncio.sleep(LONG)


async def reads(address):
    reader, writer = await asyncio.open_connection(*address)
    print(await reader.readline())
    writer.close()


async def in_thread():
    await asyncio.to_thread(time.sleep, LONG)


async def in_executor():
    await asyncio.get_running_loop().run_in_executor(None, time.sleep, LONG)


async def runs():
    await (await asyncio.create_subprocess_exec("sleep", str(LONG))).wait()


async def has_a_group():
    async with asyncio.TaskGroup() as group:
        group.create_task(asyncio.sleep(LONG))


async def shielded():
    await asyncio.shield(asyncio.create_task(asyncio.sleep(LONG)))


async def gathers():
    await asyncio.gather(asyncio.sleep(LONG), asyncio.sleep(0))


async def start(address, event, queue):
    for coroutine in (sleeps(), reads(address), in_thread(), in_executor(), runs(), has_a_group(), shielded(), gathers(),
                      event.wait(), queue.get()):
        kept.add(asyncio.create_task(coroutine))


async def main():
    async def answer(reader, writer):
        await asyncio.sleep(LONG)
        writer.write(b"late\n")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    event, queue = asyncio.Event(), asyncio.Queue()
    await asyncio.create_task(start(server.sockets[0].getsockname(), event, queue))
    await asyncio.sleep(LONG)
    event.set()
    queue.put_nowait("something")
    await asyncio.gather(*kept)
    server.close()


asyncio.run(main())
