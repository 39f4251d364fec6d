# SPDX-License-Identifier: MIT
"""A venv that has the Python packages of a build, as pip would install them from the wheel, but with the build's own program and libraries."""
import glob
import os
import shutil
import subprocess
import tomllib

from awry_test import check

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
COMMAND = """#!{python}
import sys
from awry.__main__ import main
sys.exit(main())
"""


def create(folder, program, build):
    """Create the venv; returns the path of its interpreter. It has no pip: Debian's python3 alone cannot install it."""
    done = subprocess.run([program, "-m", "venv", "--without-pip", folder], capture_output=True, text=True)
    check(done.returncode == 0, program, "-m venv:", done.stderr)
    [packages] = glob.glob(f"{folder}/lib/python3.*/site-packages")
    for name in "awry", "_awry":
        shutil.copytree(f"{PROJECT}/python/{name}", f"{packages}/{name}", ignore=shutil.ignore_patterns("__pycache__", "*.in"))
    shutil.copy(f"{PROJECT}/python/awry.pth", packages)
    shutil.copy(f"{build}/agent/python/agent.abi3.so", f"{packages}/_awry")
    with open(f"{PROJECT}/python/_awry/places.py.in", encoding="utf-8") as file:
        text = file.read()
    places = {"@PROGRAM@": f"{build}/viewer/cli/awry", "@LIBRARY@": f"{build}/agent/python/awry-python.so"}
    for name, path in places.items():
        check(os.path.exists(path) and text.count(name) == 1, "places.py.in:", name, path)
        text = text.replace(name, path)
    with open(f"{packages}/_awry/places.py", "w", encoding="utf-8") as file:
        file.write(text)
    register(packages)
    command = f"{folder}/bin/awry"
    with open(command, "w", encoding="utf-8") as file:
        file.write(COMMAND.format(python=f"{folder}/bin/python"))
    os.chmod(command, 0o755)
    return f"{folder}/bin/python"


def register(packages):
    """What pip notes of the wheel, by which pytest and others find the plugins."""
    with open(f"{PROJECT}/pyproject.toml", "rb") as file:
        groups = tomllib.load(file)["project"]["entry-points"]
    info = f"{packages}/awry-0.1.0.dist-info"
    os.mkdir(info)
    with open(f"{info}/METADATA", "w", encoding="utf-8") as file:
        file.write("Metadata-Version: 2.1\nName: awry\nVersion: 0.1.0\n")
    with open(f"{info}/entry_points.txt", "w", encoding="utf-8") as file:
        for group, entries in groups.items():
            file.write(f"[{group}]\n" + "".join(f"{name} = {value}\n" for name, value in entries.items()))


def environment(variables, python):
    """The environment of a shell in which the venv is activated, and in which programs print at once what they print."""
    kept = {name: value for name, value in variables.items() if not name.startswith("PYTHON")}
    path = f"{os.path.dirname(python)}:{kept['PATH']}"
    return {**kept, "PATH": path, "VIRTUAL_ENV": os.path.dirname(os.path.dirname(python)), "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
