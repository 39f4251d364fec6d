#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""--fail-on and --allow of run, report and diff.

    gate.py AWRY EXAMPLES_FOLDER
"""
import json
import os
import pty
import re
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = sys.argv[1:3]
LOST, FORGOTTEN = (os.path.join(os.path.abspath(EXAMPLES), name) for name in ("lost_error", "never_awaited"))
LASTING = os.path.join(os.path.abspath(EXAMPLES), "market_feed") + " -m 40 -l 3600"
BUG = "[allow]\nkind = never-retrieved\ncoroutine = bug\nreason = it is an example\nexpires = {}\n"


def trace_of(world, program, name):
    path = world.path(name)
    world.call(program, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=path)
    return path


def write(world, name, text):
    with open(world.path(name), "w") as file:
        file.write(text)
    return world.path(name)


def expect(world, status, said, *arguments):
    done = world.run_awry(*arguments)
    check(done.returncode == status, arguments, "exited with", done.returncode, done.stderr)
    check(re.search(said, done.stderr), arguments, "said", done.stderr)
    return done


def an_allowed_finding_does_not_fail():
    with World(AWRY) as world:
        allow, trace = write(world, "allow", BUG.format("9999-12-31")), trace_of(world, LOST, "x.awry")
        expect(world, 66, r"--fail-on any: 1 finding\n$", "report", trace, "--fail-on", "any")
        done = expect(world, 0, "^$", "report", trace, "--fail-on", "any", "--allow", allow)
        check("; allowed: 1\n" in done.stdout and "   allowed: it is an example (" in done.stdout, done.stdout)
        done = expect(world, 0, "; allowed: 1\n$", "run", "--fail-on", "any", "--allow", allow, "--", LOST)
        check("never retrieved" not in done.stderr, "it is printed although it is allowed:", done.stderr)
        for name, has in (("json", '"reason": "it is an example"'), ("sarif", '"justification": "it is an example"'),
                          ("junit", '<skipped message="it is an example"/>'), ("github", "::notice file="),
                          ("html", 'class="finding error allowed"')):
            text = world.good("report", trace, "--format", name, "--allow", allow)
            check(has in text, name, "does not say that it is allowed")
            check(has not in world.good("report", trace, "--format", name), name, "says so without a list")


def expired_and_unused_entries_are_reported():
    with World(AWRY) as world:
        trace = trace_of(world, LOST, "x.awry")
        old = write(world, "old", BUG.format("2000-01-01"))
        done = expect(world, 66, r"^awry report: \S*old:1: this entry was allowed until 2000-01-01: it is an example\n$",
                      "report", trace, "--allow", old)
        check("allowed:" not in done.stdout, done.stdout)
        idle = write(world, "idle", BUG.format("9999-12-31") + "[allow]\nkind = blocked-loop\nreason = once\n")
        expect(world, 0, r"^awry report: \S*idle:6: this entry allowed nothing: once\n$", "report", trace, "--allow", idle)
        bad = write(world, "bad", "[allow]\nkind = never-retrieved\n")
        expect(world, 2, r"bad:1: the entry has no reason", "report", trace, "--allow", bad)
        expect(world, 2, r"bad:1: the entry has no reason", "run", "--allow", bad, "--", "false")


def reports_of_a_run_go_to_their_files():
    with World(AWRY) as world:
        sarif, junit = world.path("x.sarif"), world.path("x.xml")
        done = expect(world, 0, "Task exception was never retrieved", "run", "--report", f"sarif={sarif}", "--report",
                      f"junit={junit}", "--", "sh", "-c", f"{LOST}; {FORGOTTEN}")
        check("1 finding: 1 never-retrieved" in done.stderr and "1 finding: 1 never-awaited" in done.stderr, done.stderr)
        with open(sarif) as file:
            [run] = json.load(file)["runs"]
        check([one["ruleId"] for one in run["results"]] == ["never-retrieved", "never-awaited"], run["results"])
        check([one["provenance"]["invocationIndex"] for one in run["results"]] == [0, 1], run["results"])
        with open(junit) as file:
            check(file.read().count("<failure ") == 2, "not two failures")
        expect(world, 1, "x.sarif: exists; --force replaces it", "run", "--report", f"sarif={sarif}", "--", "true")
        expect(world, 0, "nothing was recorded", "run", "--force", "--report", f"sarif={sarif}", "--", "true")
        with open(sarif) as file:
            check(json.load(file)["runs"][0]["results"] == [], "results of nothing")


def each_recording_of_a_run_stays_or_is_missed():
    with World(AWRY) as world:
        def run(name, *command):
            return world.run_awry("run", "-o", world.path(name), "--", *command)

        def bugs(name):
            return [one["kind"] for one in world.json("report", world.path(name))["findings"]]

        both = ("sh", "-c", f"{LOST}; {FORGOTTEN}")
        check(run("each-%p.awry", *both).returncode == 0, "a run failed")
        names = [name for name in os.listdir(world.path(".")) if name.startswith("each-")]
        check(sorted(sum(map(bugs, names), [])) == ["never-awaited", "never-retrieved"], names)
        done = run("one.awry", *both)
        check("one.awry: 1 of 2 recordings stay: the others were replaced" in done.stderr, done.stderr)
        check(re.search(rf"one\.awry: the recording of process \d+ \({FORGOTTEN}\)\n", done.stderr), done.stderr)
        # each runs until all three have recordings that are not empty
        all_three = f"[ $(find {world.path('.')} -name 'three.awry*' -size +0 | wc -l) -eq 3 ] || [ $((looks += 1)) -gt 2000 ]"
        done = run("three.awry", "sh", "-c", f"for i in 1 2 3; do {LASTING} & all=\"$all $!\"; done;"
                   f"until {all_three}; do sleep 0.05; done; kill $all; wait")
        whose = re.search(r"three\.awry: the recording of process (\d+) \(\S*market_feed\); there are others: (.*)\n", done.stderr)
        check(whose, done.stderr)
        check(world.json("report", world.path("three.awry"))["process"]["pid"] == int(whose[1]), "it is another's")
        others = whose[2].split(", ")
        check(len(others) == 2 and all(os.path.getsize(other) > 0 for other in others), others)
        check("recordings stay" not in done.stderr, done.stderr)
        check(bugs("one.awry") == ["never-awaited"], "not the last one's")
        done = run("two.awry", LOST)
        check("recordings stay" not in done.stderr, done.stderr)
        expect(world, 2, "%p, the process id, and %% are allowed", "run", "-o", world.path("a%d.awry"), "--", LOST)


def a_run_compresses_what_it_is_asked_to():
    with World(AWRY) as world:
        path = world.path("x.awry.zst")
        check(world.run_awry("run", "-o", path, "--", LOST).returncode == 0, "the run failed")
        with open(path, "rb") as file:
            check(file.read(4) == b"\x28\xb5\x2f\xfd", "it is not compressed")
        check([one["kind"] for one in world.json("report", path)["findings"]] == ["never-retrieved"], "another report")
        again = world.run_awry("run", "-o", path, "--", FORGOTTEN)
        check(again.returncode == 0 and "uncompressed" not in again.stderr, again.stderr)
        check([one["kind"] for one in world.json("report", path)["findings"]] == ["never-awaited"], "it was not replaced")
        # A child that outlives the command may still write, so its trace is not compressed.
        holds = f"{LOST}; exec 9<{path}; flock -x 9; sleep 30 >/dev/null 2>&1 & echo $! >{world.path('pid')}"
        done = world.run_awry("run", "-o", path, "--", "sh", "-c", holds)
        with open(world.path("pid")) as file:
            os.kill(int(file.read()), signal.SIGKILL)
        check("x.awry.zst: stays uncompressed: a process still writes it" in done.stderr, done.stderr)
        check([name for name in os.listdir(world.path(".")) if ".part" in name] == [], "something is left behind")


def a_run_without_recordings_does_not_pass():
    with World(AWRY) as world:
        expect(world, 1, "--fail-on: there was nothing to judge", "run", "--fail-on", "any", "--", "true")
        done = expect(world, 7, "nothing was recorded", "run", "--fail-on", "any", "--", "sh", "-c", "exit 7")
        check("to judge" not in done.stderr, done.stderr)
        expect(world, 0, "1 finding", "run", "--fail-on", "deadlock", "--", "sh", "-c", f"true; {LOST}")


def an_unreadable_recording_does_not_pass():
    with World(AWRY) as world:
        trace, empty = trace_of(world, LOST, "x.awry"), write(world, "empty", "")
        for pair in ((trace, empty), (empty, trace)):
            done = expect(world, 1, "empty: the file is empty", "diff", "--fail-on", "any", *pair)
            check(done.stdout == "", done.stdout)


def diff_tells_new_from_known():
    with World(AWRY) as world:
        first, again = trace_of(world, LOST, "1.awry"), trace_of(world, LOST, "2.awry")
        other = trace_of(world, FORGOTTEN, "3.awry")
        done = expect(world, 0, "^$", "diff", "--fail-on", "any", first, again)
        check("nothing has changed" in done.stdout, done.stdout)
        done = expect(world, 66, "^$", "diff", "--fail-on", "new", first, other)
        check("New findings (1)\n  coroutine 'store' was never awaited" in done.stdout, done.stdout)
        check("Findings that are gone (1)\n" in done.stdout, done.stdout)
        expect(world, 0, "^$", "diff", "--fail-on", "slower,more", first, other)
        changes = json.loads(world.good("diff", "--json", first, other))["findings"]
        check([(one["change"], one["kind"]) for one in changes] == [("new", "never-awaited"), ("gone", "never-retrieved")], changes)
        report = world.json("report", other)["findings"]
        check(changes[0]["fingerprint"] == report[0]["fingerprint"], "another fingerprint than the report's")
        expect(world, 2, r"allowed are new, more, slower and any\n  new,gone\n      \^\^\^\^\n", "diff", "--fail-on", "new,gone",
               first, other)
        expect(world, 2, "two recordings are wanted", "diff", first)
        expect(world, 1, "No such file", "diff", first, world.path("nothing"))


def diff_allows_what_is_known():
    entry = "[allow]\nkind = never-awaited\nreason = it goes soon\nexpires = {}\n"
    with World(AWRY) as world:
        first, other = trace_of(world, LOST, "1.awry"), trace_of(world, FORGOTTEN, "2.awry")
        allow = write(world, "allow", entry.format("9999-12-31"))
        expect(world, 66, "^$", "diff", "--fail-on", "new", first, other)
        done = expect(world, 0, "^$", "diff", "--fail-on", "new", "--allow", allow, first, other)
        check(re.search(r"never awaited.*\n    allowed: it goes soon \(.*allow:1, until 9999-12-31\)\n", done.stdout), done.stdout)
        changes = json.loads(world.good("diff", "--json", "--allow", allow, first, other))["findings"]
        check([one["allowed"] and one["allowed"]["reason"] for one in changes] == ["it goes soon", None], changes)
        # in the other direction, the new finding is not the allowed one
        expect(world, 66, "^$", "diff", "--fail-on", "new", "--allow", allow, other, first)
        old = write(world, "old", entry.format("2000-01-01"))
        for wanted in ("new", "slower"):
            expect(world, 66, r"^awry diff: \S*old:1: this entry was allowed until 2000-01-01: it goes soon\n$",
                   "diff", "--fail-on", wanted, "--allow", old, first, other)
        idle = write(world, "idle", "[allow]\nkind = blocked-loop\nreason = once\n")
        expect(world, 66, r"idle:1: this entry allowed nothing: once\n$", "diff", "--fail-on", "new", "--allow", idle, first, other)
        bad = write(world, "bad", "[allow]\nkind = never-awaited\n")
        expect(world, 2, "bad:1: the entry has no reason", "diff", "--allow", bad, first, other)


def on_a_terminal(world, *arguments, **variables):
    """The output of a command that runs in a terminal."""
    primary, secondary = pty.openpty()
    process = subprocess.Popen([AWRY, *arguments], stdin=secondary, stdout=secondary, stderr=secondary,
                               env=dict(world.environment, TERM="xterm", **variables))
    world.processes.append(process)
    os.close(secondary)
    text = b""
    try:
        while chunk := os.read(primary, 65536):
            text += chunk
    except OSError:
        pass  # the other end is closed
    os.close(primary)
    check(process.wait(timeout=120) == 0, arguments, text)
    return text.decode(errors="replace")


def terminals_get_a_pager():
    with World(AWRY) as world:
        trace = trace_of(world, LOST, "x.awry")
        mark = "sed s/^/PAGED:/"
        for command in (("report", trace), ("errors", trace), ("stats", trace), ("ps",), ("diff", trace, trace)):
            check("PAGED:" in on_a_terminal(world, *command, PAGER=mark), command, "has no pager")
            check("PAGED:" not in on_a_terminal(world, *command, "--no-pager", PAGER=mark), command)
        check("PAGED:" in on_a_terminal(world, "report", trace, PAGER="false", AWRY_PAGER=mark), "AWRY_PAGER is not used")
        check("PAGED:" not in on_a_terminal(world, "report", trace, PAGER=mark, AWRY_PAGER=""), "an empty AWRY_PAGER is none")
        check("PAGED:" not in world.good("report", trace, ), "a pipe has a pager")
        check("\x1b[" in on_a_terminal(world, "report", trace, "--no-pager"), "a terminal gets no colours")
        check("\x1b[" not in on_a_terminal(world, "report", trace, "--no-pager", NO_COLOR="1"), "NO_COLOR is not obeyed")


main(an_allowed_finding_does_not_fail, expired_and_unused_entries_are_reported, reports_of_a_run_go_to_their_files,
     each_recording_of_a_run_stays_or_is_missed, a_run_compresses_what_it_is_asked_to, a_run_without_recordings_does_not_pass,
     an_unreadable_recording_does_not_pass, diff_tells_new_from_known, diff_allows_what_is_known, terminals_get_a_pager)
