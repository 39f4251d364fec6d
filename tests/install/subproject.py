#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""awry as a part of another project (FetchContent): only its libraries are built, and nothing of the other project changes.

    subproject.py SOURCE C_COMPILER CXX_COMPILER
"""
import json
import os
import sys
import tempfile

from outside_call import call, expect

SOURCE, CC, CXX = sys.argv[1:4]
OUTSIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "subproject")
# libraries that only the program awry, its tests and libawry-tls need
NOT_NEEDED = ("ncursesw", "sqlite3", "libcurl", "jansson", "libpcre2-8", "libzstd", "libssl", "cmocka")


def configure(folder):
    done = call("cmake", "-S", OUTSIDE, "-B", folder, "-G", "Ninja", f"-DFETCHCONTENT_SOURCE_DIR_AWRY={SOURCE}",
                f"-DCMAKE_C_COMPILER={CC}", f"-DCMAKE_CXX_COMPILER={CXX}", "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON")
    found = [name for name in NOT_NEEDED if f"'{name}" in done.stdout]
    expect(found == [], "looked for what the libraries do not need:", found)


def look_at_the_project(folder):
    with open(os.path.join(folder, "compile_commands.json"), encoding="utf-8") as file:
        commands = {entry["file"]: entry["command"] for entry in json.load(file)}
    [own] = [command for file, command in commands.items() if file.endswith("outside/app.c")]
    expect("-Wall" not in own and "_GNU_SOURCE" not in own and "-O2" not in own, "awry's flags are the other project's:", own)
    others = [file for file in commands if "/viewer/" in file or "/agent/tls/" in file or "/examples/" in file or "/unit/" in file]
    expect(others == [], "more than the libraries is built:", others[:3])
    expect("Total Tests: 0" in call("ctest", "--test-dir", folder, "-N").stdout, "awry's tests are the other project's")


def run_programs(folder):
    boxes = os.path.join(folder, "boxes")
    os.mkdir(boxes, 0o700)
    for name in "app", "app-cxx":
        done = call(os.path.join(folder, name), AWRY_DEBUG="1", AWRY_RUNTIME_DIR=boxes)
        expect("Task exception was never retrieved" in done.stderr and "app.c" in done.stderr, name, "said:", done.stderr)
    call(os.path.join(folder, "recorder"), AWRY_DEBUG="1", AWRY_RUNTIME_DIR=boxes)
    expect(os.listdir(boxes) == [], "left behind:", os.listdir(boxes))


def main():
    with tempfile.TemporaryDirectory() as folder:
        configure(folder)
        look_at_the_project(folder)
        call("cmake", "--build", folder, "--parallel", "2")
        run_programs(folder)


main()
