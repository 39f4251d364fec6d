# SPDX-License-Identifier: MIT
"""Where the versions of CPython are that the tests can have: this system's, pyenv's, and those of Debian's newer suites."""
import glob
import os
import subprocess

VERSIONS = ("3.11", "3.12", "3.13", "3.14", "3.15")


def candidates(version, fetched):
    """Where the interpreter and its headers may be: (program, include folder)."""
    pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
    yield f"/usr/bin/python{version}", f"/usr/include/python{version}"
    for home in sorted(glob.glob(f"{pyenv}/versions/{version}.*")):
        yield f"{home}/bin/python{version}", f"{home}/include/python{version}"
    yield f"{fetched}/usr/bin/python{version}", f"{fetched}/usr/include/python{version}"


def find(source, fetched):
    """The first complete installation of each version: {version: (program, include folder)}. Those that are fetched are kept in `fetched`."""
    os.makedirs(fetched, exist_ok=True)
    subprocess.run([f"{source}/scripts/fetch-pythons", fetched])
    found = {}
    for version in VERSIONS:
        for program, headers in candidates(version, fetched):
            if os.path.exists(program) and os.path.exists(f"{headers}/internal/pycore_frame.h"):
                found[version] = program, headers
                break
    return found
