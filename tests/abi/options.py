#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Programs that were built with older or newer headers work: each options struct is read up to its size only.

    options.py SOURCE LIBRARY_FOLDER C_COMPILER

The older headers are made by cutting each struct down to its first member, the newer ones by adding one, `later`.
"""
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

SOURCE, LIBRARIES, CC = sys.argv[1:4]
HERE = os.path.dirname(os.path.abspath(__file__))
OPTIONS = re.compile(r"(struct (aw_\w+) \{\n\s*size_t size;[^\n]*\n)(.*?)(^\};)", re.M | re.S)
LAST_OF_OLDER = {"aw_fallback_options": "service_count"}  # a fallback needs services
NOT_OPTIONS = ("aw_filter_ops",)  # all of its functions are required


def members(text):
    return re.findall(r"[^;]*;[^\n]*\n", re.sub(r"/\*.*?\*/", "", text, flags=re.S))


def older(match):
    kept = members(match[3])
    last = LAST_OF_OLDER.get(match[2])
    end = next(i for i, member in enumerate(kept) if last is None or re.search(rf"\b{last};", member))
    if end + 1 == len(kept):
        sys.exit(f"{match[2]} has nothing that could be missing")
    return match[1] + "".join(kept[:end + 1]) + match[4]


def newer(match):
    return match[1] + match[3] + "\tvoid *later;\n" + match[4]


def build(work, name, change):
    """Build the program with changed options structs in the headers. Returns its path and the structs' names."""
    include = os.path.join(work, name)
    shutil.copytree(os.path.join(SOURCE, "include"), include)
    found = []

    def changed(match):
        if match[2] in NOT_OPTIONS:
            return match[0]
        found.append(match[2])
        return change(match)
    for file in os.scandir(os.path.join(include, "awry")):
        with open(file.path) as header:
            text = header.read()
        with open(file.path, "w") as header:
            header.write(OPTIONS.sub(changed, text))
    program = os.path.join(work, "program-" + name)
    subprocess.run([CC, "-std=gnu11", "-D" + name.upper(), "-I" + include, os.path.join(HERE, "options_program.c"), "-o", program,
                    "-L" + LIBRARIES, "-lawry-tls", "-lawry", "-lawry-agent", "-Wl,-rpath," + LIBRARIES], check=True)
    return program, sorted(found)


def run(boxes, *command):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("AWRY_")}
    return subprocess.run(command, capture_output=True, text=True, timeout=120,
                          env={**environment, "AWRY_RUNTIME_DIR": boxes, "ASAN_OPTIONS": "handle_abort=0"})


def check(work):
    boxes = os.path.join(work, "boxes")
    os.mkdir(boxes, 0o700)
    for name, change in ("older", older), ("newer", newer):
        program, structs = build(work, name, change)
        if len(structs) < 14:
            yield f"only these options were found in the headers: {structs}"
        for struct in structs:
            done = run(boxes, program, struct)
            if done.returncode != 0:
                yield f"{name} {struct}: exited with {done.returncode}: {done.stderr[-500:]}"
            if name == "newer":
                yield from check_unknown(struct, run(boxes, program, struct, "set"))


def check_unknown(struct, done):
    """An option that the library does not know: the agent records nothing, the runtime aborts. Both print the reason."""
    agent = struct == "aw_agent_options"
    words = "is not known to this libawry-agent" if agent else f"awry: struct {struct}: the program was built with a newer awry"
    if done.returncode != (0 if agent else -signal.SIGABRT) or words not in done.stderr:
        yield f"newer {struct}, set: exited with {done.returncode}: {done.stderr[-500:]}"


def main():
    with tempfile.TemporaryDirectory() as work:
        problems = list(check(work))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)


main()
