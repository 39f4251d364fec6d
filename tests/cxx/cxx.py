#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Every macro of the public headers compiles as C++11 to C++20, and has the same effect as in C.

    cxx.py SOURCE LIBRARY_FOLDER COMPILER...
"""
import os
import re
import subprocess
import sys
import tempfile

SOURCE, LIBRARIES, *COMPILERS = sys.argv[1:]
PROGRAM = os.path.join(os.path.dirname(os.path.abspath(__file__)), "every_macro.cc")
STANDARDS = ("c++11", "c++14", "c++17", "c++20")
# The headers are used as system headers, as after an installation.
FLAGS = ("-Wall", "-Wextra", "-Werror", "-O1", "-isystem", os.path.join(SOURCE, "include"))


def macros():
    """The public macros of the headers, except those that C++ does not have."""
    for folder, _, names in os.walk(os.path.join(SOURCE, "include")):
        for name in names:
            with open(os.path.join(folder, name)) as file:
                yield from re.findall(r"^#\s*define ((?:AW|aw)_[A-Za-z]\w*)", file.read(), re.M)


def unused(text):
    text = re.sub(r"//[^\n]*|#include[^\n]*", "", text)
    return sorted(name for name in set(macros()) if not re.search(rf"\b{name}\b", text))


def check(work):
    with open(PROGRAM) as file:
        for name in unused(file.read()):
            yield f"{name} is not used in {PROGRAM}"
    for compiler in COMPILERS:
        for standard in STANDARDS:
            program = os.path.join(work, "every_macro")
            done = subprocess.run([compiler, "-std=" + standard, *FLAGS, PROGRAM, "-o", program, "-L" + LIBRARIES, "-lawry-tls", "-lawry", "-lawry-agent",
                                   "-Wl,-rpath," + LIBRARIES], capture_output=True, text=True)
            if done.returncode == 0:
                done = subprocess.run([program], capture_output=True, text=True, timeout=120,
                                      env={**os.environ, "AWRY_RUNTIME_DIR": work})
            if done.returncode != 0:
                yield f"{compiler} {standard}: exited with {done.returncode}:\n{done.stderr[:3000]}"


def main():
    with tempfile.TemporaryDirectory() as work:
        problems = list(check(work))
    for problem in problems:
        print(problem)
    if len(set(macros())) < 80:
        sys.exit("hardly any macros were found: the headers cannot be read")
    sys.exit(1 if problems else 0)


main()
