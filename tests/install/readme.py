#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Install as the README says, but into a temporary folder, and build a program with the installed files.

    readme.py PROJECT_FOLDER

debian.py runs the README's command for the Debian packages.
"""
import glob
import os
import re
import shutil
import sys
import tempfile

from outside_call import call, expect
from source_copy import copy_of_the_tree, install_commands

PROJECT = sys.argv[1]
APP = os.path.join(PROJECT, "tests", "install", "outside", "app.c")


def finds_the_error(program, library, boxes):
    done = call(program, AWRY_DEBUG="1", AWRY_RUNTIME_DIR=boxes, LD_LIBRARY_PATH=library)
    expect("Task exception was never retrieved" in done.stderr, program, "said:", done.stderr)


def build_by_cmake(text, work, prefix):
    statements = [re.findall(rf"`({name}\([^`]*\))`", text) for name in ("find_package", "target_link_libraries")]
    expect(all(len(found) == 1 for found in statements), "the README's CMake statements:", statements)
    os.mkdir(work)
    with open(os.path.join(work, "CMakeLists.txt"), "w") as file:
        file.write(f"cmake_minimum_required(VERSION 3.20)\nproject(app C)\n{statements[0][0]}\n"
                   f"add_executable(app {APP})\n{statements[1][0]}\n")
    call("cmake", "-S", work, "-B", work, f"-DCMAKE_PREFIX_PATH={prefix}")
    call("cmake", "--build", work)
    return os.path.join(work, "app")


def main():
    commands, text, lines = install_commands(PROJECT)
    expect(lines <= 10, "the README takes", lines, "lines to say how to install")
    with tempfile.TemporaryDirectory() as work:
        source, prefix, boxes = copy_of_the_tree(PROJECT, work), os.path.join(work, "prefix"), os.path.join(work, "boxes")
        os.mkdir(boxes, 0o700)
        shutil.copy(APP, work)
        build, install, _, compile_ = commands
        expect("/usr/local && ldconfig" in install, install, "does not install to /usr/local")
        for command in build, install.replace("/usr/local && ldconfig", prefix):
            call("sh", "-ec", f"cd {source} && {command}")
        expect("awry 0" in call(os.path.join(prefix, "bin", "awry"), "--version").stdout, "no awry --version")
        [found] = glob.glob(prefix + "/lib/**/awry.pc", recursive=True)
        library = os.path.dirname(os.path.dirname(found))
        call("sh", "-ec", f"cd {work} && {compile_}", PKG_CONFIG_PATH=os.path.dirname(found))
        finds_the_error(os.path.join(work, "app"), library, boxes)
        finds_the_error(build_by_cmake(text, os.path.join(work, "cmake"), prefix), library, boxes)


main()
