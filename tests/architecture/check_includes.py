#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Fail when a file includes a header that its folder must not use, or when a public header does not compile alone.

    check_includes.py [ROOT]

Checked are: that included files exist, from the root of the repository or in the same folder; the table MAY
below; that only the encoder and the decoder use protobuf-c's generated types, and that libraries are used
only in their folders; that each public header compiles alone, as C11 and as C++.

`#include <awry/…>` and the C library are always allowed. A folder may always include itself, and base only
where the table says so. Prints a line for each violation, and exits with 1; with 2 for wrong arguments.
"""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys

# the definitions of events that agent and viewer share; the rest of proto/ is about bytes
VOCABULARY = ("proto/item.h", "proto/finding.h", "proto/lags.h", "proto/row.h")

# the runtime's layers: the includes of the lowest one, and of all below tasks
BELOW_RUNTIME = ("base", "agent/hook")
BELOW_TASKS = (*BELOW_RUNTIME, "agent/runtime/fiber", "agent/runtime/error", "agent/runtime/loop")
TASKS = (*BELOW_TASKS, "agent/runtime/task")

# folder: the folders and single files that it may include, besides itself
MAY = {
    "base": (),
    "proto": ("base",),
    "agent/hook": ("base",),
    "agent/record": ("base", "agent/hook", "proto"),
    "symbols": ("base", "proto"),
    "agent/watch": ("base", "agent/hook", "agent/record", "proto"),
    "agent/stream": ("base", "agent/hook", "agent/record", "agent/watch", "proto"),
    "agent/control": ("base", "agent/hook", "agent/record", "agent/watch", "agent/stream", "proto"),
    "agent/runtime/fiber": BELOW_RUNTIME,
    "agent/runtime/error": BELOW_RUNTIME,
    "agent/runtime/loop": (*BELOW_RUNTIME, "agent/runtime/fiber", "agent/runtime/error"),
    "agent/runtime/task": BELOW_TASKS,
    "agent/runtime/run": TASKS,
    "agent/runtime/sync": TASKS,
    "agent/runtime/compose": TASKS,
    "agent/runtime/stream": (*TASKS, "agent/runtime/compose", "agent/runtime/sync"),
    "agent/runtime/resilience": (*TASKS, "agent/runtime/compose", "agent/runtime/sync"),
    "agent/runtime/process": (*TASKS, "agent/runtime/compose", "agent/runtime/sync", "agent/runtime/stream"),
    "agent/tls": ("base",),
    "agent/python": ("base", "agent/hook"),
    "viewer/source": ("base", "proto"),
    "viewer/model": ("base", *VOCABULARY),
    "viewer/replay": ("base", "proto", "viewer/source", "viewer/model"),
    "viewer/report": ("base", "viewer/model"),
    "viewer/export": ("base", "viewer/model"),
    "viewer/tui": ("base", "viewer/model"),
    "viewer/cli": ("base", "symbols", "viewer", "agent/control/settings.h", *VOCABULARY),
    "man": ("proto/finding.h", "viewer/export/export.h", "viewer/model/task_filter.h", "viewer/tui/keys.h"),
}

# a header of a library: the folders, or beginnings of files, that may include it
LIBRARIES = {
    r".*\.pb-c\.h": ("proto/encode", "proto/decode", "viewer/export/"),
    r"protobuf-c/.*": ("proto/", "viewer/export/"),
    r"sqlite3\.h": ("viewer/export/sqlite",),
    r"zlib\.h": ("viewer/export/", "viewer/cli/"),
    r"pcre2\.h": ("viewer/model/filter",),
    r"curl/.*": ("viewer/cli/collector",),
    r"zstd\.h": ("proto/encode_rows", "proto/decode_rows", "viewer/source/"),
    r"uv\.h|uv/.*": ("agent/runtime/", "include/awry"),
    r"openssl/.*": ("agent/tls/",),
    r"Python\.h": ("agent/python/",),
    r"(ncursesw/)?(n?curses|panel|form|menu)\.h": ("viewer/tui/",),
    r"(elfutils/.*|dwarf\.h|libelf\.h|gelf\.h)": ("symbols/",),
}

SOURCES = (".c", ".h", ".S")
FREE = ("tests", "bench", "examples", "build")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]')


def sources(root):
    for folder, names, files in os.walk(root):
        at = pathlib.Path(folder)
        names[:] = sorted(n for n in names if not n.startswith(".") and not (at == root and n in FREE))
        for name in sorted(files):
            if name.endswith(SOURCES):
                yield (at / name).relative_to(root)


def includes(path):
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found = INCLUDE.match(line)
        if found:
            yield number, found[1] == '"', found[2]


def folder_of(path):
    """The longest folder of the table that contains the file, or None."""
    inside = [folder for folder in MAY if path.startswith(folder + "/")]
    return max(inside, key=len, default=None)


def allowed(name, wanted):
    return name == wanted or name.startswith(wanted + "/")


def check_project_include(root, path, name):
    if name.startswith("awry/") or name == "awry.h":
        return "a public header is included as <%s>" % name
    if path.parts[0] == "include":
        return "a public header may include public headers only"
    if name.endswith(".pb-c.h"):
        return None  # generated while building; checked by LIBRARIES
    if (root / path.parent / name).exists():
        name = (path.parent / name).as_posix()
    if not (root / name).exists():
        return "there is no such file, from the root of the repository"
    folder = folder_of(path.as_posix())
    if folder_of(name) == folder or any(allowed(name, may) for may in MAY.get(folder, ())):
        return None
    return "%s may include %s" % (folder, ", ".join(MAY.get(folder, ())) or "nothing")


def check_library_include(path, name):
    for pattern, may in LIBRARIES.items():
        if re.fullmatch(pattern, name) and not path.as_posix().startswith(may):
            return "only %s may" % " and ".join(may)
    return None


def check_includes(root):
    seen = set()
    for path in sources(root):
        folder = folder_of(path.as_posix())
        seen.add(folder)
        if folder is None and path.parts[0] in ("base", "proto", "agent", "viewer"):
            yield "%s: its folder is not in the table of check_includes.py" % path
        for number, quoted, name in includes(root / path):
            wrong = check_project_include(root, path, name) if quoted else None
            wrong = wrong or check_library_include(path, name)
            if wrong:
                yield '%s:%d: includes "%s": %s' % (path, number, name, wrong)
    if "base" not in seen:
        yield "%s: nothing to check: is this the repository?" % root


COMPILERS = (
    ("C11", ["gcc", "-std=c11", "-pedantic-errors", "-x", "c"]),
    ("C++", ["g++", "-std=c++17", "-pedantic-errors", "-x", "c++"]),
)


def compiles_alone(root, header, language, command):
    name = header.relative_to(root / "include").as_posix()
    text = "#include <%s>\n#include <%s>\ntypedef int not_empty;\n" % (name, name)
    flags = ["-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", str(root / "include"), "-"]
    done = subprocess.run(command + flags, input=text, text=True, capture_output=True)
    if done.returncode == 0:
        return None
    first = (done.stderr.strip().splitlines() or ["the compiler says nothing"])[:3]
    return "include/%s: does not compile alone as %s: %s" % (name, language, " | ".join(first))


def check_headers(root):
    headers = sorted((root / "include").rglob("*.h"))
    if not headers:
        yield "include: there are no public headers"
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        jobs = [
            pool.submit(compiles_alone, root, header, language, command)
            for header in headers
            for language, command in COMPILERS
        ]
        yield from (job.result() for job in jobs if job.result())


def main(arguments):
    if len(arguments) > 1:
        print(__doc__, file=sys.stderr)
        return 2
    here = pathlib.Path(__file__).resolve().parents[2]
    root = pathlib.Path(arguments[0]).resolve() if arguments else here
    wrong = [*check_includes(root), *check_headers(root)]
    for line in wrong:
        print(line)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
