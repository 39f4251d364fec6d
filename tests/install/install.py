#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Install into an empty folder, move it, and use it from other projects: pkg-config, find_package(), C++, the manual.

    install.py BUILD_FOLDER C_COMPILER CXX_COMPILER
"""
import json
import os
import re
import shutil
import sys
import tempfile

from outside_call import call, expect

BUILD, CC, CXX = sys.argv[1:4]
HERE = os.path.dirname(os.path.abspath(__file__))
OUTSIDE = os.path.join(HERE, "outside")
EXPECTED = ("bin/awry", "include/awry.h", "include/awry/agent.h", "share/man/man1/awry.1", "share/man/man7/awry.7",
            "share/man/man3/aw_gather.3", "share/bash-completion/completions/awry",
            "share/zsh/site-functions/_awry", "share/fish/vendor_completions.d/awry.fish")


def library_folder(prefix):
    [folder] = [folder for folder, _, names in os.walk(os.path.join(prefix, "lib")) if "awry.pc" in names]
    return os.path.dirname(folder)


def finds_the_error(program, boxes):
    done = call(program, AWRY_DEBUG="1", AWRY_RUNTIME_DIR=boxes)
    expect("Task exception was never retrieved" in done.stderr, program, "said:", done.stderr)
    expect(call(program).stderr == "", program, "speaks without AWRY_DEBUG")


def speaks_tls(program, prefix):
    expect(call(program).stdout == "FileNotFoundError\n", program, "does not speak TLS")
    [library] = [os.path.join(folder, "libawry.so.0") for folder, _, names in os.walk(prefix) if "libawry.so.0" in names]
    expect("libssl" not in call("ldd", library).stdout, "libawry loads OpenSSL")
    expect("libssl" in call("ldd", program).stdout, program, "does not load OpenSSL")


def tells_the_version(program, prefix, version):
    """Headers, library, pkg-config, the program awry and the Debian packages have the same version."""
    major, minor, patch = map(int, version.split("."))
    number = major * 10000 + minor * 100 + patch
    said = call(program).stdout
    expect(said == f"{version} {version} {number} {number}\n", program, "said:", said)
    said = call(os.path.join(prefix, "bin", "awry"), "--version").stdout
    expect(said == f"awry {version}\n", "awry --version said:", said)
    with open(os.path.join(HERE, "..", "..", "debian", "changelog")) as file:
        [packaged] = re.findall(r"\((.*?)(?:-[^-]*)?\)", file.readline())
    expect(packaged == version, "debian/changelog is of", packaged)


def by_pkg_config(prefix, work, boxes):
    library = library_folder(prefix)
    found = {"PKG_CONFIG_PATH": os.path.join(library, "pkgconfig")}
    for name, compiler, source in (("awry", CC, "app.c"), ("awry", CXX, "app.cc"), ("awry-agent", CC, "recorder.c"),
                                   ("awry-tls", CC, "tls.c"), ("awry", CC, "version.c")):
        program = os.path.join(work, "by-pkg-config-" + source)
        flags = call("pkg-config", "--cflags", "--libs", name, **found).stdout.split()
        call(compiler, os.path.join(OUTSIDE, source), "-o", program, *flags, "-Wl,-rpath," + library)
        if source == "tls.c":
            speaks_tls(program, prefix)
        elif source == "version.c":
            tells_the_version(program, prefix, call("pkg-config", "--modversion", name, **found).stdout.strip())
        elif source != "recorder.c":
            finds_the_error(program, boxes)


def by_find_package(prefix, work, boxes):
    call("cmake", "-S", OUTSIDE, "-B", work, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}",
         f"-DCMAKE_C_COMPILER={CC}", f"-DCMAKE_CXX_COMPILER={CXX}")
    call("cmake", "--build", work)
    finds_the_error(os.path.join(work, "app"), boxes)
    finds_the_error(os.path.join(work, "app-cxx"), boxes)
    speaks_tls(os.path.join(work, "tls"), prefix)
    trace = os.path.join(work, "recorder.awry")
    call(os.path.join(work, "recorder"), AWRY_DEBUG="1", AWRY_TRACE=trace, AWRY_RUNTIME_DIR=boxes)
    stats = json.loads(call(os.path.join(prefix, "bin", "awry"), "stats", "--json", trace).stdout)
    expect(stats["tasks"]["created"] == 1, stats)
    report = json.loads(call(os.path.join(prefix, "bin", "awry"), "report", "--json", trace).stdout)
    expect(report["process"]["runtime"] == "outside, guest", report["process"])


def main():
    with tempfile.TemporaryDirectory() as folder:
        first, prefix = os.path.join(folder, "first"), os.path.join(folder, "moved")
        boxes = os.path.join(folder, "boxes")
        os.mkdir(boxes, 0o700)
        call("cmake", "--install", BUILD, "--prefix", first)
        shutil.move(first, prefix)
        for path in EXPECTED:
            expect(os.path.exists(os.path.join(prefix, path)), path, "was not installed")
        for name, use in (("pkg-config", by_pkg_config), ("cmake", by_find_package)):
            os.mkdir(os.path.join(folder, name))
            use(prefix, os.path.join(folder, name), boxes)
        expect(os.listdir(boxes) == [], "left behind:", os.listdir(boxes))


main()
