# SPDX-License-Identifier: MIT
import asyncio
from asyncio.subprocess import DEVNULL, PIPE, STDOUT

async def talk(command, input=None, **options):
    process = await asyncio.create_subprocess_shell(command, **options)
    out, err = await process.communicate(input)
    for name, data in (("out", out), ("err", err)):
        if data is None:
            print(name, "None")
        else:
            print(name, len(data), data[:20])
    print(process.returncode)

async def main():
    await talk("cat", b"hello", stdin=PIPE, stdout=PIPE)
    await talk("cat", b"", stdin=PIPE, stdout=PIPE, stderr=PIPE)
    await talk("tr a b", b"a" * 3_000_000, stdin=PIPE, stdout=PIPE)
    await talk("echo out; echo err >&2; exit 4", stdout=PIPE, stderr=PIPE)
    await talk("echo out; echo err >&2", stdout=PIPE, stderr=STDOUT)
    await talk("echo out; echo err >&2", stdout=DEVNULL, stderr=STDOUT)
    await talk("echo err >&2; cat", stdin=DEVNULL, stdout=PIPE, stderr=DEVNULL)
    await talk("true", b"z" * 3_000_000, stdin=PIPE)
    await talk("head -c 5; exit 2", b"0123456789" * 300_000, stdin=PIPE, stdout=PIPE)
    await talk("yes | head -c 1000000 >&2; yes no | head -c 1000000", stdout=PIPE, stderr=PIPE)
    await talk("exec >&-; sleep 0.05; exit 6", stdout=PIPE)
    await talk("kill -9 $$", stdout=PIPE)

asyncio.run(main())
