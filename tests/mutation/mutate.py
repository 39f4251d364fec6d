#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make many small mistakes in the product, one at a time, and check that the quick tests notice.

    mutate.py SOURCE_FOLDER WORK_FOLDER [--check] [--only TEXT]... [--build-only] [--least PERCENT]

The tables beside this script (*.mutants) list the mutations, and the tests that must fail:

    [proto/decode.c] test_codec fuzz_decode     a file, and the tests to run, the quickest first
    in static bool events_fit(                  the function in which the next fragment is (may be left out)
    - m->n_subject_delta == m->kind.len         the fragment of the source; spaces do not matter
    + true                                      the replacement
    by flow_tls                                 other tests than the file's, for this mutation (may be left out)

A fragment must be found exactly once in its function, or in the file. A fragment that ends with `;`, or a block, is a
statement, any other an expression. A mutation may lie inside another one's fragment, but must not overlap otherwise.

All mutations are compiled into one copy of the tree, each behind a switch (mutation_switch.h), so that the tree is
built once. For each mutation its tests are run until one fails. --check only looks for the fragments.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
LEFT_OUT = {".git", "build", "node_modules", "__pycache__"}
LONGEST_S = 20  # allowed in addition to ten times a test's duration without a mutation


class Wrong(Exception):
    pass


class Mutation:
    def __init__(self, where, file, tests):
        self.where, self.file, self.tests = where, file, tests
        self.scope, self.old, self.new = None, [], []
        self.span, self.number, self.verdict = None, 0, None

    def __str__(self):
        old, new = (" ".join(" ".join(lines).split()) for lines in (self.old, self.new))
        return f"{self.file}: {old} => {new or '(nothing)'}"


# ---- the tables ----

def read_table(path):
    """The mutations of a table. Each begins with `in` or `-`, and ends before the next `in` or `-` that follows a `+`."""
    name, file, tests, scope, found = os.path.basename(path), None, [], None, []
    with open(path, encoding="utf-8") as table:
        for number, line in enumerate(table, 1):
            where, line = f"{name}:{number}", line.rstrip("\n")
            mark, rest = line[:1], line[2:]
            if not line.strip() or mark == "#":
                scope = None if not line.strip() else scope
            elif mark == "[":
                file, _, rest = line[1:].partition("]")
                tests, scope = rest.split(), None
            elif line.startswith("in "):
                scope = line[3:].strip()
            elif line.startswith("by ") and found:
                found[-1].tests = line[3:].split()
            elif mark == "-" and file:
                if not found or found[-1].new or found[-1].file != file:
                    found.append(Mutation(where, file, tests))
                    found[-1].scope = scope
                found[-1].old.append(rest)
            elif mark == "+" and found:
                found[-1].new.append(rest)
            else:
                raise Wrong(f"{where}: neither of '[', 'in', '-', '+', 'by', '#': {line}")
    for mutation in found:
        if not mutation.new or not mutation.tests:
            raise Wrong(f"{mutation.where}: it has no '+' line, or no test")
    return found


def read_tables(only):
    found = []
    for path in sorted(glob.glob(os.path.join(HERE, "*.mutants"))):
        found += read_table(path)
    for number, mutation in enumerate(found, 1):
        mutation.number = number
    if only:
        found = [m for m in found if any(text in str(m) or m.where.startswith(text) for text in only)]
    return found


# ---- the source ----

def pattern_of(text):
    return r"\s+".join(re.escape(word) for word in text.split())


def find_scope(source, scope):
    """The span from the function's head to its closing brace, which is in the first column."""
    heads = [m.start() for m in re.finditer(pattern_of(scope), source)
             if re.match(r"[^;{]*\{", source[m.end():])]
    if len(heads) != 1:
        raise Wrong(f"{len(heads)} functions begin with '{scope}'")
    end = source.find("\n}", heads[0])
    return heads[0], len(source) if end < 0 else end + 2


def locate(source, mutation):
    begin, end = find_scope(source, mutation.scope) if mutation.scope else (0, len(source))
    found = [m.span() for m in re.finditer(pattern_of(" ".join(mutation.old)), source[begin:end])]
    if len(found) != 1:
        raise Wrong(f"the fragment is there {len(found)} times")
    return begin + found[0][0], begin + found[0][1]


def wrap(number, old, new):
    """Keep the number of lines, so that the compiler's messages have the right lines."""
    new = " ".join(new)
    if old.endswith(";") or (old.endswith("}") and ";" in old):
        return f"{{ if (MUTANT({number})) {{ {new} }} else {{ {old} }} }}"
    return f"(MUTANT({number}) ? ({new}) : ({old}))"


def rewrite(source, mutations, begin=0, end=None):
    """A piece of the source with the switches of the mutations inside it, widest first."""
    end = len(source) if end is None else end
    out, at, left = "", begin, sorted(mutations, key=lambda m: (m.span[0], -m.span[1], m.number))
    while left:
        first, inside, left = left[0], [m for m in left[1:] if m.span[1] <= left[0].span[1]], [
            m for m in left[1:] if m.span[1] > left[0].span[1]]
        if left and left[0].span[0] < first.span[1]:
            raise Wrong(f"{first.where} overlaps {left[0].where}")
        out += source[at:first.span[0]]
        out += wrap(first.number, rewrite(source, inside, *first.span), first.new)
        at = first.span[1]
    return out + source[at:end]


def mutate_file(folder, file, mutations, problems):
    try:
        with open(os.path.join(folder, file), encoding="utf-8") as f:
            source = f.read()
    except OSError as error:
        problems.append(f"{mutations[0].where}: {file}: {error.strerror}")
        return ""
    good = []
    for mutation in mutations:
        try:
            mutation.span = locate(source, mutation)
            good.append(mutation)
        except Wrong as wrong:
            mutation.verdict = "not applicable"
            problems.append(f"{mutation.where}: {file}: {wrong}: {' '.join(mutation.old)}")
    return '#include "tests/mutation/mutation_switch.h" ' + ("\n#line 1\n" + rewrite(source, good) if good else source)


def write_if_changed(path, content):
    try:
        with open(path, "rb") as f:
            if f.read() == content:
                return
    except OSError:
        os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as f:
        f.write(content)


def copy_tree(source, tree, changed):
    """Copy the tree; unchanged files keep their times, so that only changed ones are rebuilt."""
    seen = set()
    for folder, folders, files in os.walk(source):
        folders[:] = [f for f in folders if f not in LEFT_OUT and not os.path.islink(os.path.join(folder, f))]
        for name in files:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, source)
            seen.add(relative)
            if relative in changed:
                content = changed[relative].encode()
            elif not os.path.isfile(path):
                continue
            else:
                with open(path, "rb") as f:
                    content = f.read()
            to = os.path.join(tree, relative)
            write_if_changed(to, content)
            shutil.copymode(path, to)
    for folder, folders, files in os.walk(tree):
        folders[:] = [f for f in folders if f not in LEFT_OUT]
        for name in files:
            if os.path.relpath(os.path.join(folder, name), tree) not in seen:
                os.unlink(os.path.join(folder, name))


# ---- the tests ----

class Test:
    def __init__(self, entry):
        properties = {p["name"]: p["value"] for p in entry.get("properties", [])}
        self.name, self.command = entry["name"], entry.get("command", [])
        self.folder = properties.get("WORKING_DIRECTORY")
        self.variables = dict(v.split("=", 1) for v in properties.get("ENVIRONMENT", []))
        self.slow = "slow" in properties.get("LABELS", [])
        self.seconds = LONGEST_S

    def run(self, number, limit):
        """Run the test: returns "" or the reason of its failure."""
        folder = tempfile.mkdtemp(prefix="awry-mutant-", dir="/dev/shm")
        environment = dict(os.environ, **self.variables, MUTANT=str(number), AWRY_RUNTIME_DIR=folder, TMPDIR=folder)
        begun = time.monotonic()
        process = subprocess.Popen(self.command, cwd=self.folder, env=environment, start_new_session=True,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            status = process.wait(limit)
            self.seconds = time.monotonic() - begun if number == 0 else self.seconds
            return f"status {status}" if status != 0 else ""
        except subprocess.TimeoutExpired:
            stop(process)
            return f"no end in {limit:.0f} s"
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def stop(process):
    """Send SIGINT first, so that a test can end the processes that it has started."""
    for signal_number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, signal_number)
        except ProcessLookupError:
            pass
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def list_tests(build):
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
    return {entry["name"]: Test(entry) for entry in json.loads(shown.stdout)["tests"]}


def targets_of(build, tests):
    """The build targets in the tests' commands; ctest has no command for a test that is not built yet."""
    known = subprocess.run(["ninja", "-C", build, "-t", "targets", "all"], check=True, capture_output=True, text=True)
    known = {line.rsplit(":", 1)[0] for line in known.stdout.splitlines() if not line.startswith("ninja:")}
    wanted = set()
    for test in tests:
        if not test.command:
            wanted |= {t for t in known if t.endswith("/" + test.name)}
        for word in test.command:
            if not word.startswith(build + "/"):
                continue
            relative = os.path.relpath(word, build)
            wanted |= {t for t in (relative, relative + "/all") if t in known}
    return sorted(wanted)


# ---- the run ----

def prepare(options, mutations):
    """Rewrite the sources. Returns the fragments that were not found."""
    problems, changed, by_file = [], {}, {}
    for mutation in mutations:
        by_file.setdefault(mutation.file, []).append(mutation)
    for file, of_file in sorted(by_file.items()):
        changed[file] = mutate_file(options.source, file, of_file, problems)
    return problems, changed


def build(options, changed, mutations):
    tree = os.path.join(options.work, "tree")
    folder = os.path.join(tree, "build", "mutants")
    copy_tree(options.source, tree, changed)
    log = os.path.join(options.work, "build.log")
    with open(log, "w", encoding="utf-8") as out:
        def call(*command):
            if subprocess.run(command, cwd=tree, stdout=out, stderr=out).returncode != 0:
                raise Wrong(f"{' '.join(command[:4])} failed: see {log}")

        call("cmake", "--preset", "mutants")
        tests = list_tests(folder)
        wanted = sorted({name for m in mutations for name in m.tests})
        for name in wanted:
            if name not in tests or tests[name].slow:
                raise Wrong(f"{name}: a quick test of that name is wanted by a table, and there is none")
        call("ninja", "-C", folder, f"-j{options.jobs}", *targets_of(folder, [tests[name] for name in wanted]))
    return list_tests(folder), wanted


def run_all(work, jobs, function):
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(function, work))


def check_baseline(tests, wanted, jobs):
    failed = [name for name, why in zip(wanted, run_all(wanted, jobs, lambda n: tests[n].run(0, 120))) if why]
    failed = [f"{name} ({why})" for name in failed if (why := tests[name].run(0, 120))]
    if failed:
        raise Wrong("these tests fail without any mutation: " + ", ".join(failed))


def judge(tests, mutation):
    for name in mutation.tests:
        why = tests[name].run(mutation.number, LONGEST_S + 10 * tests[name].seconds)
        if why:
            return f"killed by {name} ({why})"
    return "SURVIVED"


def run_mutants(options, tests, mutations):
    lock = threading.Lock()

    def one(mutation):
        mutation.verdict = judge(tests, mutation)
        with lock:
            print(f"{mutation.number:4} {mutation.where:16} {mutation.verdict:44} {mutation}", flush=True)

    run_all([m for m in mutations if m.verdict is None], options.jobs, one)


def summarize(mutations, options):
    survived = [m for m in mutations if m.verdict == "SURVIVED"]
    killed = [m for m in mutations if m.verdict.startswith("killed")]
    percent = 100 * len(killed) / len(mutations)
    print(f"\n{len(mutations)} mutations: {len(killed)} killed ({percent:.1f} %), {len(survived)} survived, "
          f"{len(mutations) - len(killed) - len(survived)} not applicable")
    for mutation in survived:
        print("survived:", mutation.where, mutation)
    return percent >= options.least and len(killed) + len(survived) == len(mutations)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="mutate.py", description=__doc__.splitlines()[0])
    parser.add_argument("source", type=os.path.abspath)
    parser.add_argument("work", type=os.path.abspath)
    parser.add_argument("--check", action="store_true", help="only see that each fragment is in its file, once")
    parser.add_argument("--only", action="append", default=[], metavar="TEXT",
                        help="only mutations of a table that begins so, or whose file or fragment has the text")
    parser.add_argument("--build-only", action="store_true")
    parser.add_argument("--least", type=float, default=95, metavar="PERCENT", help="that must be killed (default: 95)")
    parser.add_argument("--fewest", type=int, default=150, metavar="COUNT", help="of mutations (default: 150)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    return parser.parse_args(arguments)


def main(arguments):
    options = parse(arguments)
    mutations = read_tables(options.only)
    problems, changed = prepare(options, mutations)
    if not options.only and len(mutations) < options.fewest:
        problems.append(f"there are {len(mutations)} mutations, {options.fewest} are wanted")
    for problem in problems:
        print(problem)
    if options.check:
        print(f"{len(mutations)} mutations, {len(problems)} problems")
        return not problems
    begun = time.monotonic()
    tests, wanted = build(options, changed, [m for m in mutations if m.verdict is None])
    print(f"built in {time.monotonic() - begun:.0f} s", flush=True)
    if options.build_only:
        return not problems
    check_baseline(tests, wanted, options.jobs)
    print(f"{len(wanted)} tests pass without a mutation, {time.monotonic() - begun:.0f} s\n", flush=True)
    run_mutants(options, tests, mutations)
    good = summarize(mutations, options)
    print(f"in {time.monotonic() - begun:.0f} s")
    return good and not problems


if __name__ == "__main__":
    try:
        sys.exit(0 if main(sys.argv[1:]) else 1)
    except Wrong as failure:
        print("mutate.py:", failure)
        sys.exit(1)
