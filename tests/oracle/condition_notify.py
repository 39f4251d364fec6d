# SPDX-License-Identifier: MIT
import asyncio

async def ended(task):
    try:
        await task
    except BaseException as error:
        print(f"{type(error).__name__}: {error}")

async def waiter(name, condition):
    async with condition:
        print(name, "waits")
        await condition.wait()
        print(name, "goes on", condition.locked())
        await asyncio.sleep(0)
        print(name, "is through")

async def main():
    condition = asyncio.Condition()
    for method in (condition.notify, condition.notify_all):
        try:
            method()
        except RuntimeError as error:
            print(error)
    try:
        await condition.wait()
    except RuntimeError as error:
        print(error)
    tasks = [asyncio.create_task(waiter(name, condition)) for name in "abcde"]
    await asyncio.sleep(0)
    async with condition:
        condition.notify()
        print("one")
        await asyncio.sleep(0)
        print("still held")
    await tasks[0]
    async with condition:
        condition.notify(2)
        print("two")
    await tasks[1]
    await tasks[2]
    await asyncio.sleep(0)
    print(tasks[3].done(), tasks[4].done())
    async with condition:
        condition.notify_all()
        print("all")
    await tasks[3]
    await tasks[4]
    async with condition:
        condition.notify(9)
    print("nobody", condition.locked())

    box = []
    async def filler(name, wanted):
        async with condition:
            await condition.wait_for(lambda: len(box) >= wanted)
            print(name, "sees", len(box))
    tasks = [asyncio.create_task(filler(*of)) for of in (("x", 2), ("y", 1), ("z", 0))]
    for i in range(3):
        await asyncio.sleep(0.001)
        async with condition:
            box.append(i)
            condition.notify_all()
    for task in tasks:
        await task

asyncio.run(main())
