#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The agent's descriptors are never in the program's table, and the agent keeps none of the program's descriptors open.

    own_table.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import os
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
ON = {"AWRY_DEBUG": "1"}
FINDINGS = {"AWRY_BLOCKED_MS": "10"}


def say(world, *arguments, **variables):
    """Run the program; in debug mode if there are variables."""
    done = world.call(PROGRAM, *arguments, **({**ON, **variables} if variables else {}))
    check(done.returncode == 0, arguments, done)
    return done


def each_open_gives_the_lowest_number():
    with World(AWRY) as world:
        trace = world.path("steady.awry")
        process = world.start(PROGRAM, "steady", "400000", **FINDINGS, AWRY_TRACE=trace)
        world.wait_for("its socket", world.sockets)
        viewers = 0
        while process.poll() is None:
            viewers += world.run_awry("tree", str(process.pid)).returncode == 0
        out, err = process.communicate()
        check(out == "0 wrong\n", out, err)
        check(viewers > 0 and "blocked" in err and "own_table.c" in err, viewers, err)
        kinds = {finding["kind"] for finding in world.report(trace)["findings"]}
        check({"never-retrieved", "blocked-loop"} <= kinds, kinds)


def each_does_while_the_agent_starts_and_stops():
    with World(AWRY) as world:
        for _ in range(20):
            done = say(world, "start", AWRY_TRACE=world.path("%p.awry"), **FINDINGS)
            check(done.stdout == "0 wrong\n", done)


def the_same_descriptors_are_open_as_without_debug_mode():
    with World(AWRY) as world:
        for mode in "list", "child":
            without = say(world, mode).stdout
            check(say(world, mode, **FINDINGS).stdout == without, mode, "without debug mode:", without)
            traced = say(world, mode, AWRY_TRACE=world.path("%p.awry"), **FINDINGS)
            check(traced.stdout == without, mode, traced.stdout, without)
            check("never retrieved" in traced.stderr, traced)


def pipes_end_and_ports_are_free_when_the_program_closes_them():
    with World(AWRY) as world:
        for forbidden in [], ["-getfd"], ["-table"]:
            done = say(world, *forbidden, "ends", **ON)
            check(done.stdout == "12 pipes ended, port free\n", forbidden, done)


def all_may_be_closed_right_after_the_start():
    with World(AWRY) as world:
        for number in range(100):
            process = world.start(PROGRAM, "range")
            line = process.stdout.readline()
            check(line == "24 right\n", line)
            if number % 20 == 0:
                check(world.run_awry("tree", str(process.pid)).returncode == 0, "no viewer can attach")
            _, err = process.communicate("\n", timeout=300)
            check(process.returncode == 0 and err == "", process.returncode, err)


def stderr_ends_when_the_program_closes_it():
    """The reader of the program's stderr gets the end of file, though the program lives on."""
    with World(AWRY) as world:
        for forbidden in [], ["-getfd"], ["-table"]:
            process = world.start(PROGRAM, *forbidden, "stderr")
            world.wait_for("its socket", world.sockets)
            process.stdin.write("\n")
            process.stdin.flush()
            check(select.select([process.stderr], [], [], 20)[0] != [], forbidden, "stderr is still open")
            check(process.stderr.read() == "" and process.poll() is None, forbidden, "has ended")
            out, _ = process.communicate("\n", timeout=300)
            check(out == "done\n", forbidden, out)


def agents_files(process):
    """The files at the numbers 0, 1 and 2 of the agent's own descriptor table."""
    tasks = f"/proc/{process.pid}/task"
    for thread in os.listdir(tasks):
        with open(f"{tasks}/{thread}/comm", encoding="utf-8") as comm:
            if comm.read() == "awry\n":
                paths = [f"{tasks}/{thread}/fd/{number}" for number in range(3)]
                return [os.readlink(path) if os.path.lexists(path) else "free" for path in paths]
    return None


def low_numbers_are_no_files_of_the_agent():
    """Output that a library writes to descriptor 1 or 2 on the agent's thread is discarded."""
    nothing = {"anon_inode:[eventpoll]", "anon_inode:[pidfd]"}  # neither can be read or written
    with World(AWRY) as world:
        for forbidden in [], ["-getfd"]:
            process = world.start(PROGRAM, *forbidden, "stderr", AWRY_TRACE=world.path("%p.awry"))
            world.wait_for("its socket", world.sockets)
            files = agents_files(process)
            check(set(files[:2]) <= nothing, forbidden, files)
            check(files[2].startswith("pipe:") if forbidden else files[2] in nothing, forbidden, files)
            process.stdin.write("\n")
            process.stdin.flush()
            process.stderr.read()
            world.wait_for("descriptor 2", lambda: set(agents_files(process)) <= nothing)
            process.communicate("\n", timeout=300)


def it_works_where_stderr_cannot_be_copied_for_each_write():
    with World(AWRY) as world:
        done = say(world, "-getfd", "steady", "400000", **FINDINGS)
        check(done.stdout == "0 wrong\n" and "never retrieved" in done.stderr and "blocked" in done.stderr, done)


def it_works_after_the_main_thread_has_ended():
    with World(AWRY) as world:
        for forbidden in [], ["-getfd"]:
            done = say(world, *forbidden, "alone", "200000", **FINDINGS)
            check(done.stdout == "0 wrong\n" and "never retrieved" in done.stderr and "blocked" in done.stderr, done)


def it_works_where_a_table_of_its_own_is_forbidden():
    with World(AWRY) as world:
        trace = world.path("shared.awry")
        done = say(world, "-table", "steady", "400000", AWRY_TRACE=trace, **FINDINGS)
        check("never retrieved" in done.stderr and "blocked" in done.stderr, done)
        check("ValueError" in world.good("report", trace), done)


def a_forbidden_call_is_not_reported_as_a_full_file_system():
    with World(AWRY) as world:
        done = say(world, "-madvise", "grow", AWRY_STDERR="none")
        check("nothing is recorded" in done.stderr and "refuses madvise()" in done.stderr, done)
        trace = world.path("grow.awry")
        done = say(world, "grow", AWRY_STDERR="none", AWRY_TRACE=trace)
        check(done.stdout == "done\n" and "refuses madvise(), as a seccomp filter asks it to" in done.stderr, done)
        check("full" not in done.stderr and "no room" not in done.stderr, done)
        lost = [finding["detail"] for finding in world.report(trace)["findings"] if finding["kind"] == "lost-events"]
        check(any("refuses madvise()" in detail for detail in lost), lost)


def the_control_differs_with_a_shared_table():
    """The control: with a shared table, the descriptors differ from those of a run without debug mode."""
    with World(AWRY) as world:
        check(say(world, "-table", "list", **FINDINGS).stdout != say(world, "list").stdout, "the table is not shared")


main(
    each_open_gives_the_lowest_number,
    each_does_while_the_agent_starts_and_stops,
    the_same_descriptors_are_open_as_without_debug_mode,
    pipes_end_and_ports_are_free_when_the_program_closes_them,
    all_may_be_closed_right_after_the_start,
    stderr_ends_when_the_program_closes_it,
    low_numbers_are_no_files_of_the_agent,
    it_works_where_stderr_cannot_be_copied_for_each_write,
    it_works_after_the_main_thread_has_ended,
    it_works_where_a_table_of_its_own_is_forbidden,
    a_forbidden_call_is_not_reported_as_a_full_file_system,
    the_control_differs_with_a_shared_table,
)
