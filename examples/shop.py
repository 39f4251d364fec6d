# SPDX-License-Identifier: MIT
"""A small shop with mistakes that awry shows: an error that nobody retrieves, a forgotten coroutine, two tasks that wait for each other,
a call that blocks the loop. It runs until it is interrupted.

    awry run --tui examples/shop.py
"""
import asyncio
import time

bills = []  # keeps the tasks, so asyncio does not report their errors


async def charge(customer):
    await asyncio.sleep(0.05)
    if customer == "Bob":
        raise ConnectionError(f"the bank did not answer for {customer}")


async def send_mail(customer):
    await asyncio.sleep(0.05)


async def take_orders(queue):
    while True:
        customer = await queue.get()
        bills.append(asyncio.create_task(charge(customer), name=f"charge {customer}"))
        send_mail(customer)


async def move(item, source, target):
    async with source:
        await asyncio.sleep(0.05)
        async with target:
            print(item, "moved")


async def make_report():
    time.sleep(0.4)
    await asyncio.sleep(3600)


async def main():
    queue, shelf, store = asyncio.Queue(), asyncio.Lock(), asyncio.Lock()
    async with asyncio.TaskGroup() as group:
        group.create_task(take_orders(queue), name="orders")
        group.create_task(move("tea", shelf, store), name="move tea")
        group.create_task(move("jam", store, shelf), name="move jam")
        group.create_task(make_report(), name="report")
        for customer in "Alice", "Bob", "Carol":
            await queue.put(customer)


asyncio.run(main())
