#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Check that the public headers still have the binary interface in tests/abi/awry.abi, which abidw wrote.

    abi.py SOURCE C_COMPILER          compare; exits with 1 where it differs
    abi.py SOURCE C_COMPILER --renew  write awry.abi anew, after a change on purpose

The interface is taken from a library that has only the functions and variables that the headers declare, without their
code, under the versions of the maps. So it has no private types; tests/architecture/check_exports.py checks that the real
libraries export the same.
"""
import os
import re
import subprocess
import sys
import tempfile

SOURCE, CC = sys.argv[1:3]
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(SOURCE, "man"), os.path.join(SOURCE, "tests", "architecture")]
import check_exports  # noqa: E402
import headers  # noqa: E402

COMMITTED = os.path.join(HERE, "awry.abi")
LIBRARIES = ("awry", "awry-agent", "awry-tls")
# bits of abidiff's exit status
DIFFERS = 4
INCOMPATIBLE = 8  # in addition to DIFFERS: the change surely breaks programs


def versions():
    """The names in the maps, by version."""
    names = {}
    for library in LIBRARIES:
        for name, (version, _) in check_exports.read_map(os.path.join(SOURCE, "agent", library + ".map")).items():
            names.setdefault(version, []).append(name)
    return names


def code(exported):
    """Definitions of all functions and variables that the headers declare."""
    read = headers.read_all(os.path.join(SOURCE, "include"))
    yield from (f"#include <{header.name}>" for header in read)
    yield "#define X(Name, Base) aw_error_type aw_##Name[1];"
    yield "AW_ERROR_TYPES(X)"
    for header in read:
        for entry in header.entries:
            if entry.kind == "function" and entry.name in exported:
                yield re.sub(r";$", " { __builtin_trap(); }", entry.text)
            elif entry.kind == "variable" and entry.name in exported:
                yield entry.text


def dump(work):
    names = versions()
    source, script, library = (os.path.join(work, name) for name in ("awry.c", "awry.map", "awry.so"))
    with open(source, "w") as file:
        file.write("\n".join(code({name for listed in names.values() for name in listed})))
    with open(script, "w") as file:
        for version, listed in sorted(names.items()):
            file.write(f"{version} {{\nglobal:\n{';'.join(listed)};\nlocal:\n*;\n}};\n")
    subprocess.run([CC, "-std=gnu11", "-w", "-g", "-gdwarf-4", "-O0", "-fPIC", "-shared", "-nostdlib",
                    "-I" + os.path.join(SOURCE, "include"), f"-fdebug-prefix-map={os.path.abspath(SOURCE)}/=",
                    f"-fdebug-prefix-map={work}/=", f"-Wl,--version-script={script}", "-Wl,--no-undefined-version",
                    "-Wl,-soname,awry", "-o", library, source], check=True)
    out = os.path.join(work, "awry.abi")
    subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--no-elf-needed",
                    "--exported-interfaces-only", "--type-id-style", "hash", "--out-file", out, library], check=True)
    return out


def compare(new):
    done = subprocess.run(["abidiff", "--no-show-locs", COMMITTED, new], capture_output=True, text=True)
    if done.returncode == 0:
        return
    print(done.stdout + done.stderr)
    if not done.returncode & DIFFERS:
        sys.exit(f"abidiff failed: exited with {done.returncode}")
    if done.returncode & INCOMPATIBLE:
        sys.exit("programs that are built already would break: undo it, use reserved fields, or add a function in its place")
    sys.exit("the interface has changed; if that is on purpose, and no program breaks by it: "
             "python3 tests/abi/abi.py . cc --renew")


def main():
    with tempfile.TemporaryDirectory() as work:
        new = dump(work)
        if sys.argv[3:] == ["--renew"]:
            with open(new) as source, open(COMMITTED, "w") as target:
                target.write(source.read())
        else:
            compare(new)


main()
