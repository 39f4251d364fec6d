#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""README.md and docs/python.md: their programs run, print what the documents say, and each command of their lists has options that exist.

    guide.py BUILD AWRY PYTHON

What needs packages of PyPI (pip, pytest, building the wheel) is run by services.py and install/wheel.py; it is listed here as not run. The README's
section "Install it" is run by install/readme.py.
"""
import os
import re
import shlex
import sys
import tempfile

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [f"{PROJECT}/tests"]
import documents  # noqa: E402
import venvs  # noqa: E402
from awry_test import Failure, World, check, main  # noqa: E402

BUILD, AWRY, PYTHON = map(os.path.abspath, sys.argv[1:4])
NEEDS_PYPI = r"\bpytest\b|^pip |build-wheel"
README_LINES = 150
ELSEWHERE = {"Install it": "install/readme.py"}
LISTS = {"Use it"}  # whose commands need programs that are not here


def c_program(block, folder, shell):
    """The README's program in C: it fails with the error of its task."""
    with open(f"{folder}/app.c", "w", encoding="utf-8") as file:
        file.write(block.text)
    library = f"{BUILD}/agent"
    output, status = shell.run(f"cc -Wall -Werror -g app.c -o app -I{PROJECT}/include -L{library} -lawry && "
                               f"LD_LIBRARY_PATH={library} AWRY_DEBUG=1 ./app")
    check(status == 1 and "ValueError: no BTC" in output and "ExceptionGroup" in output, status, output)


def run(path, skip=NEEDS_PYPI):
    """Run a document's sections but those of other tests; returns the commands that were not run."""
    readme = documents.read(f"{PROJECT}/README.md")
    [app] = [block.text for section in readme for block in section.blocks if block.name == "app.py"]
    [test] = [block.text for section in readme for block in section.blocks if block.name == "test_app.py"]
    with World(AWRY) as world, tempfile.TemporaryDirectory(prefix="awry-test-docs-") as folder:
        environment = venvs.environment(world.environment, venvs.create(folder, PYTHON, BUILD))
        runner = documents.Runner(environment, {"": lambda *part: indented(runner, *part)}, skip)
        for section in documents.read(path):
            if section.title not in ELSEWHERE and section.title not in LISTS:
                runner.run(section, {"app.py": app, "test_app.py": test}, AWRY_BLOCKED_MS="60000")
        check(runner.count >= 6, path, "has", runner.count, "blocks")
        return runner.skipped


def indented(runner, block, folder, shell):
    if block.text.startswith("#include"):
        c_program(block, folder, shell)
    else:
        runner.indented(block, folder, shell)


def readme_is_true():
    print("   not run here:", run(f"{PROJECT}/README.md"))


def guide_is_true():
    print("   not run here:", run(f"{PROJECT}/docs/python.md"))


def readme_is_short():
    with open(f"{PROJECT}/README.md", encoding="utf-8") as file:
        lines = file.read().splitlines()
    check(len(lines) < README_LINES, "README.md has", len(lines), "lines")


def check_options(world, line):
    words = shlex.split(line.split("  ")[0])
    words = words[:words.index("--")] if "--" in words else words
    known = re.findall(r"(?:^|\s)(--?[a-zA-Z-]+)", world.good(words[1], "--help"))
    for word in words[2:]:
        check(not word.startswith("-") or word in known, word, "is not an option of awry", words[1])


def listed_commands_have_their_options():
    with World(AWRY) as world:
        lines = [line for section in documents.read(f"{PROJECT}/README.md") if section.title in LISTS
                 for block in section.blocks for line in block.text.splitlines()]
        check(len(lines) >= 6, lines)
        for line in lines:
            check_options(world, line)
        try:
            check_options(world, "awry tree --no-such-option PID")
        except Failure:
            return
        raise Failure("an unknown option is taken for one")


def links_lead_to_files():
    for document in ("README.md", *(f"docs/{name}" for name in os.listdir(f"{PROJECT}/docs") if name.endswith(".md"))):
        with open(f"{PROJECT}/{document}", encoding="utf-8") as file:
            text = file.read()
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)|(?:src|srcset)=\"([^\"]+)\"", text):
            path = os.path.join(PROJECT, os.path.dirname(document), target[0] or target[1])
            check(os.path.exists(path), document, "leads to", path)


main(readme_is_true, guide_is_true, readme_is_short, listed_commands_have_their_options, links_lead_to_files)
