# SPDX-License-Identifier: MIT
"""For wheel.py: the example of asyncio's documentation for a lost exception, in a venv that has the wheel."""
import os

from awry_test import check

PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "not_consumed.py")
ASYNCIOS = """Task exception was never retrieved
future: <Task finished name='Task-2' coro=<bug() done, defined at {path}:7> exception=Exception('not consumed')>
Traceback (most recent call last):
  File "{path}", line 8, in bug
    raise Exception("not consumed")
Exception: not consumed
"""
AWRYS = """Task exception was never retrieved
future: <Task finished name='Task-2' coro=<bug() done, defined at {path}:7> exception=Exception('not consumed') created at {path}:12>
source_traceback: Object created at (most recent call last):
  File "{path}", line 16, in <module>
    asyncio.run(main(), debug="debug" in sys.argv)
  -- the task that was created there --
  File "{path}", line 12, in main
    asyncio.create_task(bug())
Traceback (most recent call last):
  File "{path}", line 8, in bug
    raise Exception("not consumed")
Exception: not consumed
"""


def lost_exception(env):
    """awry's message is added to asyncio's, which stays as it is, and has only the program's frames; in debug mode, too."""
    path = env.world.path("not_consumed.py")
    with open(PROGRAM, encoding="utf-8") as source, open(path, "w", encoding="utf-8") as file:
        file.write(source.read())
    asyncios = ASYNCIOS.format(path=path)
    awrys = AWRYS.format(path=path)
    plain = env.run(env.python, path)
    check((plain.returncode, plain.stdout, plain.stderr) == (0, "", asyncios), plain)
    done = env.run(env.python, path, AWRY_DEBUG="1")
    # awry's thread prints on its own, before or after asyncio
    check((done.returncode, done.stdout) == (0, "") and done.stderr in (asyncios + awrys, awrys + asyncios), done)
    plain = env.run(env.python, path, "debug")
    check(plain.stderr.count("source_traceback") == 1 and "/asyncio/" in plain.stderr, plain)
    done = env.run(env.python, path, "debug", AWRY_DEBUG="1")
    check(done.returncode == 0 and done.stderr in (plain.stderr + awrys, awrys + plain.stderr), done)
