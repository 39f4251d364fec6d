# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: unhandled-error x1 line=14 task=uploader text~(?=.*OSError)(?=.*"why": "shutdown")(?=.*unhandled exception during asyncio.run)
# The main task is done, asyncio.run() cancels the other tasks, and the clean-up of one fails
import asyncio


async def upload():
    try:
        while True:
            await asyncio.sleep(0.05)
    finally:
        raise OSError(5, "cannot flush the last block")


async def main():
    main.uploader = asyncio.create_task(upload(), name="uploader")
    await asyncio.sleep(0.02)


asyncio.run(main())
