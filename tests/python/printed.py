#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What a Python program prints on stderr with AWRY_DEBUG=1.

    printed.py AWRY PYTHON PRELOAD
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, PYTHON, PRELOAD = map(os.path.abspath, sys.argv[1:4])

KEY_ERROR = '''
import asyncio, logging
logging.disable()
async def fails():
    raise KeyError("it's")
async def amain():
    asyncio.create_task(fails())
    await asyncio.sleep(0.01)
asyncio.run(amain())
'''
BLOCKS = '''
import asyncio, time
async def slow():
    time.sleep(0.5)
asyncio.run(slow())
'''
MANY_THREADS = '''
import asyncio, logging, threading
logging.disable()
all_run, may_end = threading.Barrier(41), threading.Event()
async def fails():
    raise ValueError("lost")
async def amain():
    asyncio.create_task(fails())
    await asyncio.sleep(0)
    all_run.wait()
    while not may_end.is_set():
        await asyncio.sleep(0.02)
threads = [threading.Thread(target=lambda: asyncio.run(amain())) for _ in range(40)]
for thread in threads:
    thread.start()
all_run.wait()
may_end.set()
for thread in threads:
    thread.join()
'''
REPLACES_STDERR = '''
import asyncio, logging, os, sys
logging.disable()
async def fails():
    raise ValueError("while it was replaced")
async def amain():
    asyncio.create_task(fails())
    await asyncio.sleep(0.3)
asyncio.run(asyncio.sleep(0))
own = os.dup(2)
os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT), 2)
asyncio.run(amain())
os.dup2(own, 2)
'''


def printed(program, *arguments, **variables):
    with World(AWRY) as world:
        path = world.path("program.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(program)
        done = world.call(PYTHON, path, *(world.path(name) for name in arguments), AWRY_DEBUG="1", LD_PRELOAD=PRELOAD, **variables)
        for name in arguments:
            with open(world.path(name), encoding="utf-8") as file:
                check(file.read() == "", "awry wrote into the program's file", name)
    check(done.returncode == 0, done.stderr)
    return done.stderr


def a_key_error_has_the_quotes_of_its_key():
    text = printed(KEY_ERROR)
    check("exception=KeyError(\"it's\") created" in text and "\nKeyError: \"it's\"\n" in text, text)


def a_blocked_loop_has_no_frames_of_the_interpreter():
    text = printed(BLOCKS, AWRY_BLOCKED_MS="100")
    check("time.sleep(0.5)" in text and "event loop is blocked" in text, text)
    check(not re.search("(Py|_Py|vectorcall|eval)[A-Za-z_]*$", text, re.MULTILINE), text)
    check("coro=<slow() running, defined at" in text, text)


def many_threads_with_loops_are_recorded():
    text = printed(MANY_THREADS, AWRY_BLOCKED_MS="20000")
    check("more findings like those above" in text and "awry: 39 more" in text, text)
    check("not all" not in text and "were lost" not in text, text)


def a_replaced_stderr_is_named_as_the_reason():
    text = printed(REPLACES_STDERR, "own.txt")
    check(re.fullmatch("awry: 1 finding was not printed, or not whole: stderr was closed, or another file than at the start\n", text), text)


main(a_key_error_has_the_quotes_of_its_key, a_blocked_loop_has_no_frames_of_the_interpreter, many_threads_with_loops_are_recorded,
     a_replaced_stderr_is_named_as_the_reason)
