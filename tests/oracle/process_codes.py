# SPDX-License-Identifier: MIT
import asyncio
import signal
from net import say_error

exec_ = asyncio.create_subprocess_exec
shell = asyncio.create_subprocess_shell

def attempt(call, *arguments):
    try:
        call(*arguments)
    except ProcessLookupError as error:
        say_error(error)
    else:
        print("None")

async def main():
    for command in ("exit 0", "exit 3", "exit 255", "kill -TERM $$", "kill -9 $$", "kill -SEGV $$"):
        process = await shell(command)
        codes = await asyncio.gather(process.wait(), process.wait())
        print(command, codes, process.returncode, await process.wait(), process.pid > 0)
    for send in ("terminate", "kill", signal.SIGUSR1, signal.SIGHUP):
        process = await exec_("sleep", "100")
        print(process.returncode)
        if isinstance(send, str):
            attempt(getattr(process, send))
        else:
            attempt(process.send_signal, send)
        print(await process.wait())
        attempt(process.terminate)
        attempt(process.kill)
        attempt(process.send_signal, signal.SIGUSR2)
    process = await exec_("sleep", "100")
    task = asyncio.create_task(process.wait())
    await asyncio.sleep(0.01)
    task.cancel("not so long")
    try:
        await task
    except asyncio.CancelledError as error:
        print("cancelled", error, process.returncode)
    process.kill()
    print(await process.wait())

asyncio.run(main())
