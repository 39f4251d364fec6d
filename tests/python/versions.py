#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The cases, and the programs of docs/python-findings.md, under each available version of CPython: this system's, pyenv's, and those of Debian's newer suites.

    versions.py SOURCE FOLDER [NAME…]

FOLDER keeps the interpreters that were fetched and a build with an adapter for each. A version that is not available is named, but
is not a failure: there may be no network.
"""
import os
import shutil
import subprocess
import sys

import pythons

SOURCE, FOLDER = map(os.path.abspath, sys.argv[1:3])
NAMES = sys.argv[3:]
ALSO_IN_USE = "3.14"  # the first in which objects have more behind the size of their type
DEBUG_PROGRAM = """
import asyncio, sys
async def seven():
    return 7
async def main():
    print(await asyncio.create_task(seven()))
asyncio.run(main())
sys.exit(3)
"""


def run(*command, **options):
    return subprocess.run(command, **options).returncode == 0


def build(found):
    """Build the viewer and the adapters, without the tests; returns the viewer, or None."""
    tree = f"{FOLDER}/build"
    includes = ";".join(headers for _, headers in found.values())
    if not run("cmake", "-S", SOURCE, "-B", tree, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DAWRY_BUILD_TESTS=OFF",
               f"-DAWRY_PYTHON_INCLUDES={includes}", stdout=subprocess.DEVNULL):
        return None
    return f"{tree}/viewer/cli/awry" if run("cmake", "--build", tree, stdout=subprocess.DEVNULL) else None


def debug_build_says_so(awry):
    """A debug build of CPython runs as without awry, and one line reports that its tasks are not recorded."""
    program = shutil.which("python3.11-dbg")
    if program is None:
        print("not tested: python3.11-dbg is not installed")
        return True
    print(f"=== debug build: {program}", flush=True)
    done = subprocess.run([awry, "run", "--", program, "-c", DEBUG_PROGRAM], capture_output=True, text=True)
    lines = [line for line in done.stderr.splitlines() if not line.startswith("awry run: ")]
    if (done.returncode, done.stdout) != (3, "7\n") or len(lines) != 1 or "a debug build: its tasks are not recorded" not in lines[0]:
        print("FAILED", done.returncode, done.stdout, done.stderr)
        return False
    return True


def main():
    found = pythons.find(SOURCE, f"{FOLDER}/fetched")
    awry = build(found)
    if awry is None:
        print("FAILED the build")
        return 1
    failed = []
    tests, adapters = f"{SOURCE}/tests/python", f"{FOLDER}/build/agent/python"
    for version, (program, _) in found.items():
        print(f"=== {version}: {program}", flush=True)
        commands = [("cases.py", awry, program, *NAMES),
                    ("again.py", awry, program, f"{adapters}/awry-python.so", f"{FOLDER}/build/agent/libawry-agent.so"),
                    ("in_use.py", awry, program, adapters)]
        if version == ALSO_IN_USE:
            commands.append(("cases.py", awry, program, "--in-use", adapters, *NAMES))
        if not all(run(sys.executable, f"{tests}/{name}", *arguments) for name, *arguments in commands):
            failed.append(version)
    if not debug_build_says_so(awry):
        failed.append("debug build")
    print("not tested, since they cannot be had here:", ", ".join(v for v in pythons.VERSIONS if v not in found) or "none")
    print("failed:", ", ".join(failed) or "none")
    return 1 if failed else 0


sys.exit(main())
