# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# All blocking calls are made in threads or subprocesses; the loop itself only waits, and for long
import asyncio
import time


async def main():
    await asyncio.to_thread(time.sleep, 0.4)
    process = await asyncio.create_subprocess_exec("/bin/sleep", "0.3")
    print(await process.wait())
    await asyncio.sleep(0.6)


asyncio.run(main())
