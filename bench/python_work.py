# SPDX-License-Identifier: MIT
"""The asyncio programs that bench/python.py measures.

    python_work.py tasks COUNT      trivial tasks, awaited one by one
    python_work.py gather COUNT     trivial tasks, a thousand at a time in gather()
    python_work.py server PORT      aiohttp: /hello, /ten (ten subtasks), /cpu

Prints the process's CPU time per task, in nanoseconds; the server answers /cpu with its CPU time so far.
"""
import asyncio
import sys
import time


async def trivial():
    return 1


async def tasks(count):
    for _ in range(count):
        await asyncio.create_task(trivial())


async def gather(count):
    for _ in range(count // 1000):
        await asyncio.gather(*[trivial() for _ in range(1000)])


async def measured(work, count):
    await work(1000)
    start = time.process_time_ns()
    await work(count)
    print((time.process_time_ns() - start) / count)


def serve(port):
    from aiohttp import web

    async def hello(request):
        return web.Response(text="hello")

    async def subtask():
        await asyncio.sleep(0)

    async def ten(request):
        await asyncio.gather(*[subtask() for _ in range(10)])
        return web.Response(text="ten")

    async def cpu(request):
        return web.Response(text=str(time.process_time_ns()))

    app = web.Application()
    app.add_routes([web.get("/hello", hello), web.get("/ten", ten), web.get("/cpu", cpu)])
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None)


if sys.argv[1] == "server":
    serve(int(sys.argv[2]))
else:
    asyncio.run(measured({"tasks": tasks, "gather": gather}[sys.argv[1]], int(sys.argv[2])))
