#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each example has the finding that it promises: with its task, where the error was raised, and the creators up to main.

    examples.py AWRY EXAMPLES_FOLDER
"""
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = sys.argv[1:3]
SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "examples")


def example(name):
    return os.path.join(os.path.abspath(EXAMPLES), name)


def line_of(name, text):
    """The number of the only line with this text in an example's source."""
    with open(os.path.join(SOURCES, name + ".c")) as file:
        [number] = [n for n, line in enumerate(file, 1) if text in line]
    return number


def contains_in_order(text, *patterns):
    at = 0
    for pattern in patterns:
        found = re.search(pattern, text[at:])
        check(found, "no", pattern, "behind what comes before it in:\n" + text)
        at += found.end()


def nothing_left(world):
    check(os.listdir(world.boxes) == [], "left behind:", os.listdir(world.boxes))


def trace_of(world, name, *arguments):
    path = world.path(os.path.basename(name) + ".awry")
    done = world.call(example(name), *arguments, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=path)
    return path, done


def findings_of(world, trace):
    return world.report(trace)["findings"]


def frames_of(finding):
    """The program's own functions in all parts of a finding's stack."""
    return [frame["function"] for part in finding["stack"] for frame in part["frames"]
            if not frame.get("machinery")]


def a_debugged_program_says_it_in_asyncios_words():
    with World(AWRY) as world:
        done = world.call(example("lost_error"), AWRY_DEBUG="1")
        check(done.returncode == 0 and done.stdout == "", done.returncode, done.stdout)
        site = r"lost_error\.c"
        contains_in_order(
            done.stderr,
            r"^Task exception was never retrieved\n",
            rf"name='Task-2' coro=<bug\(\) done, defined at \S*{site}:{line_of('lost_error', 'aw_error *bug(')}>",
            r"exception=Exception\('not consumed'\)",
            rf"{site}\", line {line_of('lost_error', 'aw_run(amain')}, in main\n",
            rf"{site}\", line {line_of('lost_error', 'aw_spawn(bug')}, in amain\n",
            rf"{site}\", line {line_of('lost_error', 'aw_raise(')}, in bug\n",
            r"Exception: not consumed\n$")
        check(done.stderr.count("never retrieved") == 1, "said more than once:", done.stderr)
        nothing_left(world)


def nothing_is_printed_without_debug_mode():
    with World(AWRY) as world:
        for variables in ({}, {"AWRY_DEBUG": "0"}):
            done = world.call(example("lost_error"), **variables)
            check((done.returncode, done.stdout, done.stderr) == (0, "", ""), done)
            nothing_left(world)


def debugging_changes_neither_output_nor_status():
    with World(AWRY) as world:
        for name in ("lost_error", "never_awaited", "task_group"):
            plain, debugged = world.call(example(name)), world.call(example(name), AWRY_DEBUG="1")
            check(plain.returncode == debugged.returncode, name, "exited with", debugged.returncode)
            check(plain.stdout == debugged.stdout, name, "printed", debugged.stdout)
            nothing_left(world)


def run_exits_as_the_command_does():
    with World(AWRY) as world:
        for status, *arguments in ((0, "--", example("lost_error")),
                                   (66, "--fail-on", "never-retrieved", "--", example("lost_error")),
                                   (66, "--fail-on", "any", "--", example("never_awaited")),
                                   (0, "--fail-on", "blocked-loop", "--", example("lost_error")),
                                   (1, "--", example("task_group")),
                                   (1, "--", "false"), (7, "--", "sh", "-c", "exit 7")):
            done = world.run_awry("run", *arguments)
            check(done.returncode == status, arguments, "exited with", done.returncode, done.stderr)
            nothing_left(world)


def run_dies_as_the_command_does():
    with World(AWRY) as world:
        for name in ("KILL", "TERM", "SEGV", "INT"):
            done = world.run_awry("run", "--", "sh", "-c", f"kill -{name} $$")
            check(done.returncode == -getattr(signal, "SIG" + name), name, "became", done.returncode, done.stderr)
            nothing_left(world)


def run_passes_on_signals_that_are_sent_to_it_alone():
    script = 'trap "echo heard; exit 7" INT QUIT TERM; echo ready; while :; do sleep 0.02; done'
    with World(AWRY) as world:
        for name in ("INT", "QUIT", "TERM"):
            process = world.start(AWRY, "run", "--", "sh", "-c", script)
            check(process.stdout.readline() == "ready\n", "it does not begin")
            process.send_signal(getattr(signal, "SIG" + name))
            out, said = process.communicate(timeout=120)
            check((process.returncode, out) == (7, "heard\n"), name, process.returncode, out, said)


def run_reads_the_box_of_a_killed_command():
    with World(AWRY) as world:
        process = world.start(AWRY, "run", "--report", "json", "--", example("market_feed"), "-m", "400", "-l", "3600")
        process.stdout.readline()
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
            [child] = file.read().split()
        os.kill(int(child), signal.SIGKILL)
        _, said = process.communicate(timeout=120)
        check(process.returncode == -signal.SIGKILL, process.returncode, said[:2000])
        check('"never-retrieved"' in said, said[:2000])


def run_prints_each_finding_and_a_summary():
    with World(AWRY) as world:
        done = world.run_awry("run", "--", example("never_awaited"))
        check(done.stdout == world.call(example("never_awaited")).stdout, done.stdout)
        contains_in_order(done.stderr, r"coroutine 'store' was never awaited",
                          rf"never_awaited\.c:{line_of('never_awaited', 'forgot to await it')}\n",
                          rf"never_awaited\.c:{line_of('never_awaited', 'aw_gather(')}\n",
                          rf"main at \S*never_awaited\.c:{line_of('never_awaited', 'aw_run(amain')}\n",
                          r"awry: .*1 finding: 1 never-awaited\n$")


def run_names_the_creator_of_a_task():
    """The creator is named at once, although it still runs and has no finding of its own."""
    with World(AWRY) as world:
        done = world.run_awry("run", "--", example("lost_error"))
        contains_in_order(done.stderr, r"task Task-2 \(coroutine bug", r"made by Task-1 \(coroutine amain",
                          r"created by Task-1, which was created at:", rf"main at \S*lost_error\.c:{line_of('lost_error', 'aw_run(amain')}\n")


def a_groups_errors_are_a_tree():
    with World(AWRY) as world:
        trace, done = trace_of(world, "task_group")
        check(done.returncode == 1, done.returncode)
        text = world.good("errors", trace)
        spawn, start = line_of("task_group", "aw_group_spawn("), line_of("task_group", "aw_run(amain")
        for task, kind, words in (("Task-2", "ValueError", "Value error"), ("Task-3", "TypeError", "Type error"),
                                  ("Task-4", "RuntimeError", "Runtime error")):
            raised = line_of("task_group", f'aw_raise(aw_{kind}, "{words}")')
            contains_in_order(text, rf"{kind}: {words}\n",
                              rf"raised in {task} \(coroutine task, defined at \S*task_group\.c:\d+\)",
                              rf"task at \S*task_group\.c:{raised}\n", rf"{task} was created at:",
                              rf"amain at \S*task_group\.c:{spawn}\n", rf"main at \S*task_group\.c:{start}\n")
        contains_in_order(text, r"ExceptionGroup \(1 sub-exception\): unhandled errors in a TaskGroup",
                          r"raised in Task-1 \(coroutine amain", r"└─ RuntimeError: Runtime error")
        check("4 errors recorded: 0 lost, 4 retrieved" in text, text)
        check(findings_of(world, trace) == [], "a finding")


def a_forgotten_coroutine_is_named_with_its_maker():
    with World(AWRY) as world:
        trace, done = trace_of(world, "never_awaited")
        check(done.returncode == 0, done.returncode)
        [finding] = findings_of(world, trace)
        check(finding["kind"] == "never-awaited" and finding["count"] == 1, finding)
        check(finding["coroutine"]["function"] == "store", finding["coroutine"])
        check(frames_of(finding) == ["handle", "amain", "main"], frames_of(finding))


def the_common_issues_are_named():
    with World(AWRY) as world:
        trace, done = trace_of(world, os.path.join("seeds", "common_issues"))
        check((done.returncode, done.stdout) == (0, "done, and nothing was said\n"), done)
        found = findings_of(world, trace)
        dropped = sorted(f["coroutine"]["function"] for f in found if f["kind"] == "never-awaited")
        check(dropped == ["async_function", "some_coroutine"], dropped)
        [blocked] = [f for f in found if f["kind"] == "blocked-loop"]
        if blocked["stack"]:
            check("blocking_example" in frames_of(blocked), frames_of(blocked))
        else:
            print("# no stack of the blocker: this process may not trace itself")
        done = world.run_awry("run", "--", example(os.path.join("seeds", "common_issues")))
        check(re.search(r"1 blocked-loop \(up to (2[5-9]\d|[3-9]\d\d) ms\)", done.stderr), "how long in the end:", done)


def the_feed_has_its_eight_bugs():
    with World(AWRY) as world:
        trace, done = trace_of(world, "market_feed", "-m", "2000", "-n", "3", "-l", "3")
        check(done.returncode == 0, done.returncode, done.stderr)
        found = {f["kind"]: f for f in findings_of(world, trace)}
        for kind in ("never-retrieved", "never-awaited", "leaked-task", "blocked-loop", "swallowed-cancel",
                     "orphan-task", "deadlock", "unclosed-handle"):
            check(kind in found, kind, "is not among", *found)
        check("process" in found["never-retrieved"]["coroutine"]["function"], found["never-retrieved"])
        check("subscribe" in frames_of(found["leaked-task"]), frames_of(found["leaked-task"]))
        check(found["never-awaited"]["coroutine"]["function"] == "progress", found["never-awaited"]["coroutine"])
        check(found["swallowed-cancel"]["by"]["coroutine"]["function"] == "client", found["swallowed-cancel"]["by"])
        check("client" in frames_of(found["orphan-task"]), frames_of(found["orphan-task"]))
        check([member["task"]["coroutine"]["function"] for member in found["deadlock"]["members"]]
              == ["rebalance", "settle"], found["deadlock"]["members"])
        check("amain" in frames_of(found["unclosed-handle"]), frames_of(found["unclosed-handle"]))
        check(found["orphan-task"]["count"] == found["swallowed-cancel"]["count"] == 3, found["orphan-task"])
        blocked = found["blocked-loop"]
        if not blocked["stack"]:
            print("# no stack of the blocker: this process may not trace itself")
            return
        check("save_book" in frames_of(blocked), frames_of(blocked))
        github = world.good("report", trace, "--format", "github").splitlines()
        [line] = [one for one in github if "title=awry blocked-loop" in one]
        check(re.match(r"::warning file=\S*market_feed\.c,line=\d+,", line), "it points at", line[:200])


main(a_debugged_program_says_it_in_asyncios_words, nothing_is_printed_without_debug_mode,
     debugging_changes_neither_output_nor_status, run_exits_as_the_command_does, run_dies_as_the_command_does,
     run_passes_on_signals_that_are_sent_to_it_alone,
     run_reads_the_box_of_a_killed_command, run_prints_each_finding_and_a_summary, run_names_the_creator_of_a_task, a_groups_errors_are_a_tree,
     a_forgotten_coroutine_is_named_with_its_maker, the_common_issues_are_named, the_feed_has_its_eight_bugs)
