#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Small asyncio programs under awry run: each has the findings that its first lines name, and no other.

    cases.py AWRY PYTHON [--in-use ADAPTERS] [NAME…]

With --in-use each program begins to record itself after asyncio is imported, as by awry.start(), with the adapters of that folder.

    # python: 3.12+                        other versions skip the case
    # exit: N                              the exit status; negative: a signal
    # env: NAME=VALUE
    # expect: none
    # expect: KIND[|KIND] xN [line=L[/L]] [task=GLOB] [text~REGEX to the end of the line]
    # allow: KIND                          any number of findings of this kind
    # same: stdout [stderr]                the same output as without awry, addresses aside
    # reports: N                           the number of recorded processes
    # errors: N                            the number of errors in the reports
    # silent: REGEX                        nothing on stderr matches

A key may name versions, as in expect[3.12+]; if such a line fits, the key's lines without versions are not used. line: a line of
the case's file, where the error was raised or the innermost frame of the finding's stack is. text: a regular expression for the
finding's JSON, in which places of its stacks are written as "function at THIS.py:12".
"""
import fnmatch
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import Failure, World, check  # noqa: E402

AWRY, PYTHON, *NAMES = sys.argv[1:]
ADAPTERS = os.path.abspath(NAMES[1]) if NAMES[:1] == ["--in-use"] else None
NAMES = NAMES[2:] if ADAPTERS else NAMES
# imported by each interpreter at its start
BEGINS = '''
import asyncio, importlib.util, os
spec = importlib.util.spec_from_file_location("_awry.agent", "{adapters}/agent.abi3.so")
agent = importlib.util.module_from_spec(spec)
spec.loader.exec_module(agent)
problem = agent.start("{adapters}/awry-python.so") if os.environ.get("AWRY_DEBUG") == "1" else None
assert problem is None, problem
'''
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "cases")


def header(path, version):
    """The header's lines by key; those for this version replace the general ones."""
    plain, special = {}, {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.startswith("# SPDX"):
                continue
            found = re.match(r"# (\w+)(?:\[([\d.+]+)\])?: (.*)", line)
            if not found:
                break
            if not found[2]:
                plain.setdefault(found[1], []).append(found[3])
            elif fits(found[2], version):
                special.setdefault(found[1], []).append(found[3])
    return {**plain, **special}


def python_version():
    text = subprocess.run([PYTHON, "-c", "import sys; print(*sys.version_info[:2])"], capture_output=True, text=True,
                          check=True).stdout
    return tuple(map(int, text.split()))


def fits(spec, version):
    low = tuple(map(int, spec.rstrip("+").split(".")))
    return version >= low if spec.endswith("+") else version == low


def own_line(frames, name):
    return next((frame["line"] for frame in frames if os.path.basename(frame.get("file") or "") == name), None)


def places(stacks, at, name):
    """A stack and the stacks that it links to, as text."""
    found = []
    while at is not None and at in stacks and len(found) < 1000:
        for frame in stacks[at]["frames"]:
            file = os.path.basename(frame.get("file") or "?")
            found.append(f"{frame.get('function')} at {'THIS.py' if file == name else file}:{frame.get('line')}")
        at = stacks[at].get("link")
    return found


def everything(part, report, name, seen):
    """All text of a finding or an error, with the errors and stacks that it names."""
    errors = {error["id"]: error for error in report["errors"]}
    stacks = {stack["id"]: stack for stack in report["stacks"]}
    texts = [json.dumps(part, ensure_ascii=False)]
    for key in ("stack", "cancel_stack", "wait_stack"):
        texts += places(stacks, part.get(key), name)
    for member in part.get("members") or []:
        texts += places(stacks, member.get("wait_stack"), name)
    if isinstance(part.get("cancel"), dict):
        texts += places(stacks, part["cancel"].get("stack"), name)
    others = [part.get("error"), part.get("cause"), part.get("context"), *(part.get("children") or [])]
    for other in others:
        if isinstance(other, int) and other in errors and other not in seen:
            seen.add(other)
            texts += everything(errors[other], report, name, seen)
    return texts


def describe(report, name):
    """For each finding: kind, count, task, line, and all its text."""
    errors = {error["id"]: error for error in report["errors"]}
    stacks = {stack["id"]: stack for stack in report["stacks"]}
    for finding in report["findings"]:
        error = errors.get(finding.get("error"))
        # a traceback has the line; its innermost frame may be in a library
        at = (error or {}).get("stack") or finding.get("stack")
        frames = stacks[at]["frames"] if at is not None else []
        yield {"kind": finding["kind"], "count": finding["count"],
               "task": (finding.get("task") or {}).get("name") or "-", "line": own_line(frames, name),
               "text": "\n".join(everything(finding, report, name, set()))}


def reports(path):
    """The reports of all processes, which the file has one after the other."""
    with open(path, encoding="utf-8") as file:
        text = file.read().strip()
    while text:
        part, end = json.JSONDecoder().raw_decode(text)
        text = text[end:].lstrip()
        yield part


def wanted(text):
    head, _, pattern = text.partition("text~")
    kind, count, *rest = head.split()
    want = {"kinds": kind.split("|"), "count": int(count[1:]), "text": pattern}
    want.update(part.split("=", 1) for part in rest)
    return want


def fulfils(found, want):
    return (found["kind"] in want["kinds"] and fnmatch.fnmatch(found["task"], want.get("task", "*")) and
            ("line" not in want or str(found["line"]) in want["line"].split("/")) and
            re.search(want["text"], found["text"], re.DOTALL) is not None)


def shown(text):
    """A program's output, without the line of awry run about 0 findings."""
    return re.sub("0x[0-9a-f]+", "0x", re.sub(r"^awry: .*, runtime asyncio: 0 findings\n", "", text, flags=re.MULTILINE))


def run(path, values):
    name = os.path.basename(path)
    with World(AWRY) as world:
        report = world.path("report.json")
        variables = dict(part.split("=", 1) for part in values.get("env", []))
        command = [PYTHON, path]
        if ADAPTERS:
            with open(world.path("sitecustomize.py"), "w", encoding="utf-8") as file:
                file.write(BEGINS.format(adapters=ADAPTERS))
            variables["PYTHONPATH"] = os.path.dirname(world.path("sitecustomize.py"))
            command = ["sh", "-c", 'unset LD_PRELOAD; exec "$@"', "sh", *command]
        done = world.run_awry("run", "--report", "json=" + report, "--", *command, **{"AWRY_BLOCKED_MS": "2000", **variables})
        check(done.returncode == int(values.get("exit", [0])[0]), "exit", done.returncode, done.stderr)
        plain = world.call(PYTHON, path) if "same" in values else None
        for stream in values.get("same", [""])[0].split():
            with_awry, without = shown(getattr(done, stream)), shown(getattr(plain, stream))
            check(with_awry == without, stream, "is", repr(with_awry), "and without awry", repr(without))
        for pattern in values.get("silent", []):
            check(not re.search(pattern, done.stderr), "stderr says", pattern, "in", done.stderr)
        parts = list(reports(report))
        check(len(parts) == int(values.get("reports", [len(parts)])[0]), len(parts), "processes were recorded")
        findings = [found for part in parts for found in describe(part, name)]
        errors = [error for part in parts for error in part["errors"]]
        check(len(errors) == int(values.get("errors", [len(errors)])[0]), len(errors), "errors are in the reports:", errors)
        for error in errors:
            keys = [attribute["key"] for attribute in error["attributes"]]
            check(len(keys) == len(set(keys)), "an attribute is told twice:", error)
    for text in values["expect"]:
        if text == "none":
            continue
        want = wanted(text)
        fitting = [found for found in findings if fulfils(found, want)]
        check(sum(found["count"] for found in fitting) == want["count"], "not found:", text, "but", findings)
        findings = [found for found in findings if found not in fitting]
    allowed = values.get("allow", [])
    findings = [found for found in findings if found["kind"] not in allowed]
    check(not findings, "too much:", findings)


def main():
    version = python_version()
    passed = failed = skipped = 0
    names = NAMES or sorted(name for name in os.listdir(FOLDER) if name.endswith(".py"))
    for name in names:
        path = os.path.join(FOLDER, name)
        values = header(path, version)
        if not fits(values.get("python", ["3.11+"])[0], version):
            skipped += 1
            continue
        try:
            run(path, values)
            passed += 1
        except Failure as failure:
            failed += 1
            print("FAILED", name, str(failure)[:2000], flush=True)
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    sys.exit(1 if failed or not passed else 0)


main()
