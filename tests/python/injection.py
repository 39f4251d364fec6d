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
import zipapp

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


def a_module_an_archive_and_a_folder():
    """As python runs them: `awry run -m module`, `app.pyz` and a folder with a __main__.py. The words after the module are its own."""
    with World(AWRY) as world:
        os.mkdir(world.path("folder"))
        program = PROGRAM + "    import sys\n    print(sys.argv[1:])\n"
        write(world, "module.py", program)
        write(world, "folder/__main__.py", program)
        zipapp.create_archive(world.path("folder"), world.path("app.pyz"))
        os.mkdir(world.path("empty"))
        for words in (["-m", "module"], ["-mmodule"], ["--", "-m", "module"], ["--", "-mmodule"], [world.path("app.pyz")], [world.path("folder")]):
            done = world.run_awry("run", "--fail-on", "never-retrieved", f"--python={PYTHON}", *words, "-o", "--tui", PYTHONPATH=world.files)
            check(done.returncode == 66, words, "exit", done.returncode, done.stderr)
            check(done.stdout == "Task-1\n['-o', '--tui']\n", words, done.stdout)
        for words, line in ((["-m"], "option requires an argument -- 'm'"), (["-m", ""], "the name of the module is empty"),
                            ([world.path("empty")], "Permission denied")):
            done = world.run_awry("run", *words)
            check(done.returncode in (2, 126) and line in done.stderr, words, done)


def a_value_that_is_not_allowed_is_said_once():
    """awry.pth imports the package for a value that is neither 0 nor 1, and it records nothing."""
    with World(AWRY) as world:
        packages = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "python")
        code = f"import site, sys; site.addsitedir({packages!r}); print('_awry.startup' in sys.modules)"
        for value, line in (("0", ""), ("", ""), ("yes", "awry: AWRY_DEBUG='yes' is ignored: 1 (on) or 0 (off) are allowed\n"),
                            ("\033[31m\n", "awry: AWRY_DEBUG='\\x1b[31m\\n' is ignored: 1 (on) or 0 (off) are allowed\n")):
            done = world.call(PYTHON, "-B", "-c", code, AWRY_DEBUG=value)
            check(done.returncode == 0 and done.stderr == line and done.stdout == f"{bool(line)}\n", repr(value), done)
        check(world.call(PYTHON, "-B", "-c", code).stdout == "False\n", "it is imported without the variable")


def the_list_of_processes_names_the_program():
    """`awry ps` shows what each interpreter runs, escaped."""
    with World(AWRY) as world:
        waiting = "import asyncio\nprint('ready', flush=True)\nasyncio.run(asyncio.sleep(3600))\n"
        write(world, "waits.py", waiting)
        evil = write(world, "evil\033[31m.py", waiting)
        cases = ((["-X", "dev", "-W", "ignore", world.path("waits.py"), "more"], world.path("waits.py")), (["-Bm", "waits"], "-m waits"),
                 (["-c", waiting], "-c"), ([evil], evil))
        for words, script in cases:
            process = world.start(PYTHON, *words, LD_PRELOAD=PRELOAD, PYTHONPATH=world.files)
            process.stdout.readline()
            world.wait_for("its box", lambda: world.state(process) == "alive")
            [row] = world.json("ps")["processes"]
            check(row.get("script") == script, row, script)
            text = world.good("ps")
            check(f" {row['program']} {script}\n".replace("\033", "\\x1b") in text, text)
            process.stdin.close()
            world.crash(process)
            [row] = world.json("ps")["processes"]
            check(row["state"] == "gone" and "script" not in row, row)
            os.unlink(row["box"])
        process = world.start(os.path.join(os.path.dirname(AWRY), "../../examples/market_feed"), "-m", "0", "-l", "3600")
        world.wait_for("its box", lambda: world.state(process) == "alive")
        check("script" not in world.json("ps")["processes"][0], "a program in C has a script")


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
    a_module_an_archive_and_a_folder,
    a_value_that_is_not_allowed_is_said_once,
    the_list_of_processes_names_the_program,
    children_are_watched,
    earlier_preloads_stay,
    other_programs_are_left_alone,
    asyncio_is_not_imported_for_it,
    without_its_adapter_the_program_runs_as_ever,
    without_room_for_its_hooks_the_program_runs_as_ever,
)
