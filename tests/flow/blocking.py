#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A call that blocks a loop has the same result as without debug mode, and its stack is in the finding.

    blocking.py AWRY EXAMPLES_FOLDER BLOCKING BLOCKING_WITHOUT_FRAME_POINTERS BLOCKING_UNOPTIMIZED
"""
import concurrent.futures
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, OPTIMIZED, SMALL, PLAIN = sys.argv[1:6]
PROGRAMS = OPTIMIZED, SMALL, PLAIN
BLOCKED_MS = 200
NEAR_MS = 100  # a call that was restarted takes at least BLOCKED_MS longer


def results(world, program, debug):
    done = world.call(program, "calls", AWRY_DEBUG="1" if debug else "0", AWRY_STDERR="none",
                      AWRY_BLOCKED_MS=str(BLOCKED_MS), AWRY_TRACE=world.path("calls.awry") if debug else "")
    check(done.returncode == 0, done)
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[0]: ((int(row[1]), int(row[2])), int(row[3])) for row in rows}


def functions(finding):
    return [frame.get("function") for part in finding["stack"][:1] for frame in part["frames"]]


def blocked(report):
    return [functions(finding) for finding in report["findings"] if finding["kind"] == "blocked-loop"]


def runs(programs, debug):
    """All programs at once, because they mostly sleep."""
    def one(program):
        with World(AWRY) as world:
            rows = results(world, program, debug)
            return rows, blocked(world.report(world.path("calls.awry"))) if debug else []

    with concurrent.futures.ThreadPoolExecutor() as pool:
        return dict(zip(programs, pool.map(one, programs)))


def has_stack(name, stacks):
    return any("call_" + name in stack and "one_call" in stack for stack in stacks)


def blocking_calls_give_the_same():
    off = {program: rows for program, (rows, _) in runs(PROGRAMS, False).items()}
    late = {(program, name) for program in PROGRAMS for name in off[program]}
    unseen = set(late)
    check(len(late) > 100, late)
    for attempt in range(3):  # a busy machine may be late now and then, but a disturbed call is late each time
        for program, (on, stacks) in runs(PROGRAMS, True).items():
            check(on.keys() == off[program].keys(), on)
            for name, (result, ms) in on.items():
                wanted, wanted_ms = off[program][name]
                check(result == wanted, program, name, "gave", result, "and without debug mode", wanted)
                check(ms >= 295, program, name, "ended after", ms, "ms")
                if ms < wanted_ms + NEAR_MS:
                    late.discard((program, name))
                if has_stack(name, stacks):
                    unseen.discard((program, name))
        if not late and not unseen:
            break
    check(not late, late, "took longer than without debug mode")
    check(not unseen, "no stack of", unseen)


def short_calls_are_never_disturbed():
    with World(AWRY) as world:
        done = world.call(OPTIMIZED, "alternate", "4000", AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_BLOCKED_MS="4",
                          AWRY_TRACE=world.path("t.awry"))
        check(done.returncode == 0 and done.stdout == "0\n", done)
        stacks = blocked(world.report(world.path("t.awry")))
        check(any("spin_here" in stack for stack in stacks), "the thread was never stopped:", stacks)
        check(any("short_calls" in stack for stack in stacks), "no stack of a call:", stacks)


def one(kind, function, wanted):
    for program in PROGRAMS:
        with World(AWRY) as world:
            done = world.call(program, kind, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_BLOCKED_MS="100",
                              AWRY_TRACE=world.path("t.awry"))
            check(done.returncode == 0 and done.stdout == "whole\n", done)
            stacks = blocked(world.report(world.path("t.awry")))
            check(len(stacks) == 1, stacks)
            check(not wanted or function in stacks[0] and "block" in stacks[0], stacks)


def own_code_that_runs_is_seen():
    one("spin", "spin_here", True)


def own_code_that_faults_is_seen():
    one("fault", "fault_here", True)


def calls_that_could_be_cut_short_are_not():
    one("mixed", "mix_here", False)


main(
    blocking_calls_give_the_same,
    short_calls_are_never_disturbed,
    own_code_that_runs_is_seen,
    own_code_that_faults_is_seen,
    calls_that_could_be_cut_short_are_not,
)
