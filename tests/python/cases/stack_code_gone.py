# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: never-retrieved x1 text~make at [^ ]*generated-1\.py:2\b
# expect: never-retrieved x1 text~make at [^ ]*generated-2\.py:2\b
# expect: never-retrieved x1 text~make at [^ ]*generated-3\.py:2\b
# expect: never-retrieved x1 text~make at [^ ]*generated-4\.py:2\b
# expect: never-retrieved x1 text~make at [^ ]*generated-5\.py:2\b
# expect: never-retrieved x1 text~make at [^ ]*generated-6\.py:2\b
# Code objects that are compiled, used once and dropped: the next one may get the same address, and creates a task at the same place in
# memory. Each task must have its own creation stack
import asyncio
import gc

SOURCE = """def make(create_task, work):
    return create_task(work())
"""


async def fail():
    raise ValueError("late")


async def once(number):
    names = {}
    exec(compile(SOURCE, f"/generated-{number}.py", "exec"), names)
    task = names.pop("make")(asyncio.create_task, fail)
    del names
    await asyncio.wait([task])
    del task
    gc.collect()


async def main():
    for number in range(1, 7):
        await once(number)


asyncio.run(main())
