# SPDX-License-Identifier: MIT
# python: 3.12+
# exit: 0
# expect: unclosed-handle x1 line=13 text~"detail": "subprocess"
# A subprocess still runs when the loop is closed: one finding for it and its pipes, with the place where it was started
import asyncio
import gc

kept = []


async def start():
    process = await asyncio.create_subprocess_exec("sleep", "30", stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE)
    kept.append(process)


async def main():
    await start()
    await asyncio.sleep(0.05)


asyncio.run(main())
process = kept.pop()._transport._proc
gc.collect()
if process.poll() is None:
    process.kill()
process.wait()
