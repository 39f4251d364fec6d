# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# expect: none
# Subprocesses that are awaited, killed or ended before their pipes are read; ResourceWarnings that concern no loop
import asyncio
import gc
import subprocess
import tempfile
import warnings


class Pool:
    def __del__(self, _warn=warnings.warn):
        _warn(f"unclosed running pool {self!r}", ResourceWarning, source=self)


async def main():
    pipe = asyncio.subprocess.PIPE
    cat = await asyncio.create_subprocess_exec("cat", stdin=pipe, stdout=pipe)
    print((await cat.communicate(b"text"))[0])
    sleep = await asyncio.create_subprocess_exec("sleep", "30", stdout=pipe)
    sleep.kill()
    await sleep.wait()
    true = await asyncio.create_subprocess_shell("true", stdout=pipe)
    await asyncio.sleep(0.2)
    print(await true.stdout.read(), await true.wait())
    del cat, sleep, true
    gc.collect()
    await asyncio.to_thread(subprocess.run, ["true"], check=True)
    Pool()
    tempfile.TemporaryDirectory()
    open("/dev/null")


asyncio.run(main())
