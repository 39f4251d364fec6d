#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The adapter is loaded however a Python program is started, and changes nothing else.

    injection.py AWRY PYTHON PRELOAD FEW_SLOTS

FEW_SLOTS is an adapter that has no room for all of its hooks.
"""
import os
import stat
import subprocess
import sys
import venv

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, PYTHON, PRELOAD, FEW_SLOTS = sys.argv[1:5]
PROGRAM = '''
import asyncio

async def fail():
    raise ValueError("lost")

async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(asyncio.current_task().get_name())

if __name__ == "__main__":
    asyncio.run(main())
'''


def write(world, name, text, executable=False):
    path = world.path(name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    if executable:
        os.chmod(path, stat.S_IRWXU)
    return path


def finds(world, command, count=1, **variables):
    """The program's own output is the same as without awry, and the errors that it loses are found."""
    plain = world.call(*command, **variables)
    done = world.run_awry("run", "--fail-on", f"never-retrieved>={count}", "--", *command, **variables)
    check(done.returncode == 66, command, "exit", done.returncode, done.stderr)
    check(done.stdout == plain.stdout, command, done.stdout, plain.stdout)


def each_way_to_start_an_interpreter():
    with World(AWRY) as world:
        program = write(world, "program.py", PROGRAM)
        finds(world, [PYTHON, program])
        finds(world, [PYTHON, "-c", PROGRAM])
        finds(world, [PYTHON, "-I", "-S", "-E", program])
        finds(world, [PYTHON, "-X", "dev", "-W", "ignore", program])
        finds(world, [PYTHON, "-X", "importtime", program])
        finds(world, [PYTHON, program], PYTHONMALLOC="debug")
        finds(world, [PYTHON, program], PYTHONHASHSEED="1")
        finds(world, ["env", "A=1", PYTHON, program])
        finds(world, [write(world, "script", f"#!{PYTHON}\n{PROGRAM}", True)])
        module = dict(PYTHONPATH=os.path.dirname(program))
        finds(world, [PYTHON, "-m", "program"], **module)


def a_virtual_environment_and_its_console_scripts():
    with World(AWRY) as world:
        program = write(world, "program.py", PROGRAM)
        folder = world.path("venv")
        venv.EnvBuilder(symlinks=True).create(folder)
        python = os.path.join(folder, "bin", "python3")
        finds(world, [python, program])
        finds(world, [write(world, "venv/bin/tool", f"#!{python}\n{PROGRAM}", True)])


def children_are_watched():
    with World(AWRY) as world:
        program = write(world, "program.py", PROGRAM)
        outer = write(world, "outer.py", "import subprocess, sys\n"
                      f"subprocess.run([sys.executable, '-I', {program!r}], check=True)\n")
        finds(world, [PYTHON, outer])
        for method in ("fork", "spawn", "forkserver"):
            parent = write(world, "parent.py", PROGRAM.replace("asyncio.run(main())", f'''
    import multiprocessing
    context = multiprocessing.get_context("{method}")
    process = context.Process(target=work)
    process.start()
    process.join()
    assert process.exitcode == 0
''').replace("if __name__", "def work():\n    asyncio.run(main())\n\nif __name__"))
            finds(world, [PYTHON, parent])
            check(not any(name.endswith(".box") for name in os.listdir(world.boxes)), method, "left a box")


def earlier_preloads_stay():
    with World(AWRY) as world:
        program = write(world, "program.py", PROGRAM + "    import os\n    print(os.environ['LD_PRELOAD'].split(':')[1:])\n")
        other = world.path("other.so")
        subprocess.run(["cc", "-shared", "-o", other, "-x", "c", "/dev/null"], check=True)
        done = world.run_awry("run", "--", PYTHON, program, LD_PRELOAD=other)
        check(str([other]) in done.stdout, done)


def other_programs_are_left_alone():
    with World(AWRY) as world:
        done = world.run_awry("run", "--", "env")
        check("LD_PRELOAD" not in done.stdout, done.stdout)
        check(world.call("/bin/true", LD_PRELOAD=PRELOAD, AWRY_DEBUG="1").returncode == 0, "/bin/true fails")


def asyncio_is_not_imported_for_it():
    with World(AWRY) as world:
        plain = "import sys; print(sorted(sys.modules))"
        debugged = world.call(PYTHON, "-c", plain, LD_PRELOAD=PRELOAD, AWRY_DEBUG="1")
        check(debugged.stdout == world.call(PYTHON, "-c", plain).stdout, debugged)
        check(os.listdir(world.boxes) == [], "a box without any task")


def without_its_adapter_the_program_runs_as_ever():
    with World(AWRY) as world:
        alone = world.path("awry-python.so")
        with open(PRELOAD, "rb") as source, open(alone, "wb") as copy:
            copy.write(source.read())
        program = write(world, "program.py", PROGRAM)
        done = world.call(PYTHON, program, LD_PRELOAD=alone, AWRY_DEBUG="1")
        check(done.stdout == "Task-1\n" and "there is no adapter for this version" in done.stderr, done)
        version = subprocess.run([PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                                 capture_output=True, text=True, check=True).stdout.strip()
        write(world, f"awry-python-{version}.so", "broken")
        done = world.call(PYTHON, program, LD_PRELOAD=alone, AWRY_DEBUG="1")
        check(done.stdout == "Task-1\n" and done.stderr.count("its tasks are not recorded") == 1, done)


def without_room_for_its_hooks_the_program_runs_as_ever():
    with World(AWRY) as world:
        version = subprocess.run([PYTHON, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
                                 capture_output=True, text=True, check=True).stdout.strip()
        alone = world.path("awry-python.so")
        for source, name in (PRELOAD, alone), (FEW_SLOTS, world.path(f"awry-python-{version}.so")):
            with open(source, "rb") as file, open(name, "wb") as copy:
                copy.write(file.read())
        program = write(world, "program.py", PROGRAM)
        done = world.call(PYTHON, program, LD_PRELOAD=alone, AWRY_DEBUG="1")
        check(done.stdout == "Task-1\n" and done.returncode == 0, done)
        check(done.stderr.count("more hooks than there is room for: its tasks are not recorded") == 1, done)
        check("never-retrieved" not in done.stderr, done)


main(
    each_way_to_start_an_interpreter,
    a_virtual_environment_and_its_console_scripts,
    children_are_watched,
    earlier_preloads_stay,
    other_programs_are_left_alone,
    asyncio_is_not_imported_for_it,
    without_its_adapter_the_program_runs_as_ever,
    without_room_for_its_hooks_the_program_runs_as_ever,
)
