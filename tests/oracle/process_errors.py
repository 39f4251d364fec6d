# SPDX-License-Identifier: MIT
import asyncio
from net import say_error

async def attempt(*arguments, **options):
    try:
        process = await asyncio.create_subprocess_exec(*arguments, **options)
    except OSError as error:
        say_error(error)
        print(error.errno, error.strerror, error.filename)
    else:
        print(await process.wait())

async def main():
    await attempt("/nonexistent/program")
    await attempt("no-such-program-anywhere", "argument")
    await attempt("true", cwd="/nonexistent")
    await attempt("no-such-program-anywhere", cwd="/nonexistent")
    await attempt("no-such-program-anywhere", cwd="/")
    await attempt("true", cwd="/etc/passwd")
    await attempt("/etc/passwd")
    await attempt("/")
    await attempt("true", env={"PATH": "/nonexistent"})
    await attempt("true", env={"PATH": "/bin:/usr/bin"}, cwd="/")
    await attempt("/etc/passwd/true")
    await attempt("false")

asyncio.run(main())
