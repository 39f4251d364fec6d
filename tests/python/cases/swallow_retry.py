# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: swallowed-cancel x1 task=fetch text~shutdown at THIS.py:24\b
# A retry loop retries after any exception, even after the cancellation
import asyncio


async def retry(call, attempts):
    for attempt in range(1, attempts + 1):
        try:
            return await call(attempt)
        except BaseException:
            if attempt == attempts:
                raise


async def call(attempt):
    await asyncio.sleep(5 if attempt == 1 else 0.05)
    return f"attempt {attempt}"


async def shutdown(task):
    task.cancel("shutdown")
    done, _ = await asyncio.wait([task], timeout=1)
    return [t.result() for t in done]


async def main():
    task = asyncio.create_task(retry(call, 3), name="fetch")
    await asyncio.sleep(0.05)
    print(await shutdown(task))


asyncio.run(main())
