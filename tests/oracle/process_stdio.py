# SPDX-License-Identifier: MIT
import asyncio
import os
import tempfile
from asyncio.subprocess import PIPE
from net import line, read, told

async def output(*arguments, **options):
    process = await asyncio.create_subprocess_exec(*arguments, stdout=PIPE, **options)
    out, _ = await process.communicate()
    print("out", out)

async def talk():
    process = await asyncio.create_subprocess_exec("/bin/sh", "-c", "while read x; do echo got $x; done; echo end; sleep 0.05; exit 7",
                                                   stdin=PIPE, stdout=PIPE, limit=16)
    process.stdin.write(b"one\n")
    await line(process.stdout)
    process.stdin.writelines([b"two\n", b"three\n"])
    await process.stdin.drain()
    await line(process.stdout)
    await line(process.stdout)
    process.stdin.write(b"too long for the limit\n")
    await told(line(process.stdout))
    print(process.stdin.is_closing(), process.returncode)
    process.stdin.close()
    await process.stdin.wait_closed()
    await line(process.stdout)
    await line(process.stdout)
    print(await process.wait(), process.stderr)

async def main():
    await talk()
    await output("/bin/sh", "-c", "echo $A-$B-$HOME", env={"A": "1", "B": "two words"})
    await output("pwd", cwd="/usr")
    await output("/bin/sh", "-c", "echo $0 $# $1 $2", "zero", "one", "with space")
    with tempfile.TemporaryFile(buffering=0) as file:
        file.write(b"from a file")
        file.seek(5)
        await output("cat", stdin=file)
        process = await asyncio.create_subprocess_shell("echo written; echo twice >&2", stdout=file, stderr=file)
        print(await process.wait(), process.stdout)
        file.seek(0)
        print("file", file.read())
    await output("/bin/sh", "-c", "ls -l /proc/self/fd | grep -c pipe")
    process = await asyncio.create_subprocess_exec("sleep", "100", stdin=PIPE, stdout=PIPE)
    waiting = asyncio.create_task(read(process.stdout, 10))
    await asyncio.sleep(0.01)
    process.terminate()
    await waiting
    print(await process.wait())
    await asyncio.sleep(0.02)
    process.stdin.write(b"nobody")
    await told(process.stdin.drain())

asyncio.run(main())
