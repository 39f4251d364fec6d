#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The libraries as archives: built without the viewer, installed, and linked by another project, with pkg-config and find_package().

    static.py SOURCE C_COMPILER CXX_COMPILER
"""
import os
import re
import sys
import tempfile

from outside_call import call, expect

SOURCE, CC, CXX = sys.argv[1:4]
OUTSIDE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "outside")


def install(folder):
    prefix, build = os.path.join(folder, "prefix"), os.path.join(folder, "build")
    call("cmake", "-S", SOURCE, "-B", build, "-G", "Ninja", "-DBUILD_SHARED_LIBS=OFF", "-DAWRY_VIEWER=OFF", "-DAWRY_TLS=ON",
         f"-DCMAKE_INSTALL_PREFIX={prefix}", f"-DCMAKE_C_COMPILER={CC}")
    call("cmake", "--build", build, "--parallel", "2")
    call("cmake", "--install", build)
    expect(not os.path.exists(os.path.join(prefix, "bin")), "the viewer was built")
    return prefix


def look_at(program, boxes):
    """The program needs no shared library of awry, and stacks still omit awry's own frames."""
    expect("libawry" not in call("ldd", program).stdout, program, "needs a shared library")
    done = call(program, AWRY_DEBUG="1", AWRY_RUNTIME_DIR=boxes)
    expect("Task exception was never retrieved" in done.stderr, program, "said:", done.stderr)
    expect(re.search(r"created at \S*app\.cc?:", done.stderr) and "/usr/src/awry" not in done.stderr, program, "said:", done.stderr)
    expect(call(program).stderr == "", program, "speaks without AWRY_DEBUG")


def by_pkg_config(prefix, work, boxes):
    [found] = [folder for folder, _, names in os.walk(prefix) if "awry.pc" in names]
    for name, compiler, source in (("awry", CC, "app.c"), ("awry", CXX, "app.cc"), ("awry-agent", CC, "recorder.c"),
                                   ("awry-tls", CC, "tls.c")):
        program = os.path.join(work, "by-pkg-config-" + source)
        flags = call("pkg-config", "--cflags", "--libs", "--static", name, PKG_CONFIG_PATH=found).stdout.split()
        call(compiler, "-g", os.path.join(OUTSIDE, source), "-o", program, *flags)
        if source.startswith("app"):
            look_at(program, boxes)
        elif source == "tls.c":
            expect(call(program).stdout == "FileNotFoundError\n", program, "does not speak TLS")


def by_find_package(prefix, work, boxes):
    build = os.path.join(work, "by-find-package")
    call("cmake", "-S", OUTSIDE, "-B", build, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}", "-DCMAKE_BUILD_TYPE=Debug",
         f"-DCMAKE_C_COMPILER={CC}", f"-DCMAKE_CXX_COMPILER={CXX}")
    call("cmake", "--build", build)
    look_at(os.path.join(build, "app"), boxes)
    look_at(os.path.join(build, "app-cxx"), boxes)


def main():
    with tempfile.TemporaryDirectory() as folder:
        boxes = os.path.join(folder, "boxes")
        os.mkdir(boxes, 0o700)
        prefix = install(folder)
        by_pkg_config(prefix, folder, boxes)
        by_find_package(prefix, folder, boxes)
        expect(os.listdir(boxes) == [], "left behind:", os.listdir(boxes))


main()
