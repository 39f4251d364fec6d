#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Each bad case has its finding, and similar correct cases have none: on stderr, in a trace, in the box of an ended process.

    findings.py AWRY EXAMPLES_FOLDER FLOW_FINDINGS
"""
import os
import re
import sys
import time
from concurrent.futures import ThreadPoolExecutor


sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
SOURCE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "findings.c")
THRESHOLDS = {"AWRY_CANCEL_MS": "300", "AWRY_DEADLOCK_MS": "300", "AWRY_ORPHAN_MS": "300", "AWRY_LEAKED_S": "1", "AWRY_HELD_S": "1",
              "AWRY_STARVED_MS": "300", "AWRY_BUSY_MS": "500", "AWRY_BLOCKED_MS": "60000"}
# a longer time distinguishes two tasks that share the processor from one that has it only while other processes do not run
OWN_THRESHOLDS = {"fine-two-work": {"AWRY_BUSY_MS": "1200"},
                  # creating that many tasks at once may take long on a busy machine, and under a sanitizer
                  "fine-pool": {"AWRY_BUSY_MS": "60000"}}
# The expected result of each case: the kind, functions on the finding's stack, and words on stderr.
EXPECTED = {
    "swallowed": ("swallowed-cancel", ["cancel_soon"], "it returned normally"),
    "swallowed-group": ("swallowed-cancel", ["case_swallowed_group"], "because its group is shutting down"),
    "goes-on": ("swallowed-cancel", ["cancel_soon"], "it waits: sleep"),
    "unhandled": ("unhandled-error", [], "Exception in callback fail_alone()"),
    "deadlock": ("deadlock", ["with_both"], "Deadlock: 2 tasks wait"),
    "short-deadlock": ("deadlock", ["case_short_deadlock"], "Deadlock: 2 tasks wait"),
    "group-deadlock": ("deadlock", ["case_group_deadlock"], "waits for group"),
    "holder-ended": ("deadlock", ["with_both"], "the task that took the lock has ended"),
    "orphan": ("orphan-task", ["fire_and_forget", "in_a_task"], "its result cannot be asked for"),
    "leaked": ("leaked-task", ["fire_and_keep", "in_tasks"], "waits for what may never come"),
    "growing": ("leaked-task", ["request", "case_growing"], "The number of tasks keeps growing: "),
    "kept": ("leaked-task", ["keep_some", "case_kept"], " of them have ended and are kept; "),
    "unclosed": ("unclosed-handle", ["open_both", "case_unclosed"], "unclosed transport <"),
    "held": ("held-error", ["keep_one", "case_held"], "Task exception was not retrieved for 1."),
    "held-until-the-end": ("held-error", ["keep_one", "case_held_until_the_end"], "Task exception was not retrieved for 0.0"),
    "held-and-lost": ("never-retrieved", ["keep_one", "case_held_and_lost"], "Task exception was never retrieved"),
    "left-timeout": ("scope-left-open", ["leave_timeout", "and_sleep"], "a timeout was open when its task ended"),
    "left-group": ("scope-left-open", ["leave_group", "and_sleep"], "a task group 'crew' was open when its task ended"),
    "left-all": ("scope-left-open", ["leave_all", "and_sleep"], "an as_completed() was open when its task ended"),
    "left-lock": ("scope-left-open", ["leave_lock", "and_sleep"], "the task that took it has ended"),
    "busy": ("busy-task", ["case_busy"], "uses nearly all of its loop's time"),
    "starved": ("starved-task", ["case_starved"], "ready, but not run"),
}


def cases(prefix=""):
    with open(SOURCE) as file:
        return re.findall(rf'^\t{{ "({prefix}[a-z-]+)",', file.read(), re.M)


def run(world, case, **variables):
    if case.startswith("held"):  # the case calls exit() within a task, so the loop's memory is not freed
        variables["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0"
    done = world.call(PROGRAM, case, AWRY_DEBUG="1", **dict(THRESHOLDS, **variables))
    check(done.returncode == 0, case, "exited with", done.returncode, done.stderr)
    return done


def functions(stack):
    return [frame["function"] for part in stack for frame in part["frames"]]


def every_case_is_expected():
    names = set(cases())
    check(len(names) > 20, "the table of the program was not found")
    check({name for name in names if not name.startswith("fine-")} == set(EXPECTED) | {"all-wait", "blocked", "for-ever", "held-late", "held-for-ever", "held-but-awaited"}, names)


def run_all(world, names, **variables):
    """Run cases that only wait in parallel, and those that need the processor alone; some have thresholds of their own."""
    def settings(name):
        return {"AWRY_TRACE": world.path(name + ".awry"), **variables, **OWN_THRESHOLDS.get(name, {})}
    waiting = [name for name in names if not re.search("work|busy|starved", name)]
    with ThreadPoolExecutor(6) as pool:
        done = dict(zip(waiting, pool.map(lambda name: run(world, name, **settings(name)), waiting)))
    for name in names:
        if name not in done:
            done[name] = run_until(lambda done, name=name: done.stderr != "" or name.startswith("fine-"), world, name, **settings(name))
    return done


def run_until(seen, world, case, **variables):
    """Retry: on a busy machine the watchdog or awry-symbolize may be too late in one run."""
    for _ in range(10):
        if os.path.exists(variables.get("AWRY_TRACE", "")):
            os.unlink(variables["AWRY_TRACE"])
        done = run(world, case, **variables)
        if seen(done):
            break
    return done


def each_bad_case_has_its_finding():
    with World(AWRY) as world:
        runs = run_all(world, list(EXPECTED))
        for case, (kind, wanted, words) in EXPECTED.items():
            trace = world.path(case + ".awry")
            done = runs[case]
            check(words in done.stderr, case, "says", done.stderr)
            report = world.report(trace)
            found = [finding for finding in report["findings"] if finding["kind"] == kind]
            check(found, case, "gives", [finding["kind"] for finding in report["findings"]])
            for function in wanted:
                check(function in functions(found[0]["stack"]), case, function, "is not in", functions(found[0]["stack"]))
            text = world.good("report", trace)
            check(f"[{kind}" in text, text)


def thread_sanitizer():
    """Whether ThreadSanitizer is in use: then the agent starts no awry-symbolize, and stderr has no names of functions."""
    with open(PROGRAM, "rb") as file:
        return b"__tsan_init" in file.read()


def has_names(done):
    return "no names of functions" not in done.stderr or thread_sanitizer()


def a_task_that_has_ended_is_named():
    """The task's slot is free by then."""
    with World(AWRY) as world:
        trace = world.path("t.awry")
        done = run_until(has_names, world, "left-lock", AWRY_TRACE=trace)
        if not thread_sanitizer():
            check(re.search(r"^task: <Task ended name='Task-\d+' coro=<leave_lock\(\) done, defined at \S+findings_scopes\.c:\d+> ",
                            done.stderr, re.M), done.stderr)
            done = run_until(has_names, world, "left-timeout")
            check(" coro=<leave_timeout() done, defined at " in done.stderr, done.stderr)
        [found] = world.json("report", trace)["findings"]
        check(found["coroutine"]["function"] == "leave_lock", found)


def similar_correct_cases_have_no_finding():
    with World(AWRY) as world:
        for case, done in run_all(world, cases("fine-")).items():
            check(done.stderr == "", case, "says", done.stderr)
            found = [finding["kind"] for finding in world.report(world.path(case + ".awry"))["findings"]]
            check(found == [], case, "gives", found)


def the_canceller_is_shown_with_the_error():
    with World(AWRY) as world:
        trace = world.path("timeout.awry")
        run(world, "fine-timed-out", AWRY_TRACE=trace)
        report = world.json("errors", trace)
        stacks = {stack["id"]: stack for stack in report["stacks"]}
        [cancel] = [error["cancel"] for error in report["errors"] if error["type"] == "CancelledError"]
        check((cancel["why"], cancel["by"], cancel["times"]) == ("timeout", None, 1), cancel)
        check(cancel["time_ns"] >= cancel["deadline_ns"] > 0, cancel)
        check("run_out" in [frame["function"] for frame in stacks[cancel["origin"]]["frames"]], cancel)
        check(all(error["cancel"] is None for error in report["errors"] if error["type"] != "CancelledError"), report)
        text = world.good("errors", trace)
        check("asked to cancel by its loop, because a timeout ran out" in text, text)
        check("the timeout was opened, most recent call first" in text, text)


def a_blocked_loop_makes_no_starved_task():
    with World(AWRY) as world:
        done = run(world, "blocked", AWRY_BLOCKED_MS="100")
        check("the event loop is blocked" in done.stderr and "not run" not in done.stderr, done.stderr)


def members_of_a_deadlock_are_in_their_order():
    with World(AWRY) as world:
        trace = world.path("deadlock.awry")
        run(world, "deadlock", AWRY_TRACE=trace)
        [finding] = world.report(trace)["findings"]
        members = finding["members"]
        check([member["waits_for"] for member in members] == ["lock", "lock"], members)
        check(members[0]["task"]["id"] < members[1]["task"]["id"], members)
        check(members[0]["target"] != members[1]["target"], members)
        for member in members:
            check("with_both" in functions(member["stack"]), member)
        text = world.good("report", trace)
        lines = [line for line in text.splitlines() if " waits for lock #" in line]
        check([line.split()[0] for line in lines] == [member["task"]["name"] for member in members], text)
        check(all(f", held by {member['task']['name']}" in line
                  for member, line in zip(members[1:] + members[:1], lines)), text)
        for member in members:
            part = world.good("report", "--filter", f"id:{member['task']['id']} kind:deadlock", trace)
            check("1 finding: 1 deadlock" in part, member, "has no part in it:", part)
        check("0 findings" in world.good("report", "--filter", "id:1", trace), "it is the main task's")


def a_loop_that_nothing_can_wake_says_so_and_its_box_too():
    with World(AWRY) as world:
        process = world.start(PROGRAM, "all-wait", **THRESHOLDS, AWRY_STDERR="none")
        process.stdout.readline()
        world.wait_for("the finding", lambda: "deadlock" in world.good("report", str(process.pid)))
        alive = world.good("report", str(process.pid))
        tree = world.good("tree", str(process.pid))
        check("waiting: queue" in tree, tree)
        world.crash(process)
        dead = world.good("report", str(process.pid))
        check(alive == dead, alive, dead)
        check("nothing is left that could wake one" in dead, dead)


def a_held_error_is_reported_once_and_taken_back():
    """The error is reported while it is held; then it is retrieved, or it is lost."""
    with World(AWRY) as world:
        for case, kinds in (("held", ["held-error"]), ("held-late", []), ("held-and-lost", ["never-retrieved"])):
            trace = world.path(case + ".awry")
            done = run(world, case, AWRY_TRACE=trace)
            check(done.stderr.count("not retrieved for 1.") == 1 and "ValueError: bad reply '?'" in done.stderr, case, done.stderr)
            check("more finding" not in done.stderr, done.stderr)
            found = [finding["kind"] for finding in world.report(trace)["findings"]]
            check(found == kinds, case, "gives", found)
            done = world.run_awry("run", "--fail-on", "held-error>=500ms", "--", PROGRAM, case, **THRESHOLDS)
            check(done.returncode == (66 if case == "held" else 0), case, done.returncode, done.stderr)


def an_error_is_held_in_a_dead_processs_box():
    with World(AWRY) as world:
        for held_s in ("100", "1"):
            process = world.start(PROGRAM, "held-for-ever", **dict(THRESHOLDS, AWRY_DEADLOCK_MS="60000", AWRY_STDERR="none",
                                                                   AWRY_HELD_S=held_s))
            process.stdout.readline()
            errors = world.good("errors", str(process.pid))
            check("ValueError: bad reply '?'" in errors and "pending: not retrieved yet" in errors, errors)
            if held_s == "1":
                world.wait_for("the finding", lambda: "held-error" in world.good("report", str(process.pid)))
            else:
                check("held-error" not in world.good("report", str(process.pid)), "it is told too early")
            world.crash(process)
            trace = world.path(held_s + ".awry")
            world.good("recover", str(process.pid), "-o", trace)
            for target in (str(process.pid), trace):
                report = world.report(target)
                [finding] = [finding for finding in report["findings"] if finding["kind"] == "held-error"]
                check((finding["count"], finding["task"]["name"]) == (1, "Task-2"), finding)
                check("keep_one" in functions(finding["stack"]), finding)
                check([error["type"] for error in report["errors"]] == ["ValueError"], report["errors"])


def an_error_is_not_held_while_a_task_awaits_it():
    """The loop blocks before the awaiting task runs: for longer than the threshold, until it is killed."""
    with World(AWRY) as world:
        process = world.start(PROGRAM, "held-but-awaited", **dict(THRESHOLDS, AWRY_STDERR="none"))
        process.stdout.readline()
        time.sleep(2)
        alive = [finding["kind"] for finding in world.report(str(process.pid))["findings"]]
        world.crash(process)
        dead = [finding["kind"] for finding in world.report(str(process.pid))["findings"]]
        check("held-error" not in alive + dead, alive, dead)


def a_cycle_is_drawn_in_the_tree():
    with World(AWRY) as world:
        process = world.start(PROGRAM, "for-ever", **THRESHOLDS, AWRY_STDERR="none")
        process.stdout.readline()
        world.wait_for("the finding", lambda: "deadlock" in world.good("report", str(process.pid)))
        tree = world.good("tree", str(process.pid))
        check(re.search(r"lock #\d+, held by Task-3", tree) and re.search(r"lock #\d+, held by Task-2", tree), tree)
        check(re.search(r"(?m)^DEADLOCK: Task-2 → lock #\d+ → Task-3 → lock #\d+ → Task-2$", tree), tree)
        circles = world.json("tree", str(process.pid))["circles"]
        check([[wait["task"]["id"] for wait in circle] for circle in circles] == [[2, 3]], circles)
        process.kill()


def findings_can_fail_a_run():
    with World(AWRY) as world:
        for fail_on, status in (("orphan-task", 66), ("deadlock", 0)):
            done = world.run_awry("run", "--fail-on", fail_on, "--", PROGRAM, "orphan", **THRESHOLDS)
            check(done.returncode == status, fail_on, done.returncode, done.stderr)


def thresholds_are_checked():
    with World(AWRY) as world:
        for name, value in (("CANCEL_MS", "0"), ("DEADLOCK_MS", "soon"), ("ORPHAN_MS", "-1"), ("LEAKED_S", "8640001"), ("HELD_S", "0"),
                            ("STARVED_MS", ""), ("BUSY_MS", "1.5"), ("BUSY_PERCENT", "101")):
            done = world.call(PROGRAM, "fine-closed", AWRY_DEBUG="1", **{"AWRY_" + name: value})
            check(done.returncode == 0 and f"AWRY_{name}='{value}' is ignored" in done.stderr
                  and len(done.stderr.splitlines()) == 1, name, done.stderr)


main(every_case_is_expected, each_bad_case_has_its_finding, a_task_that_has_ended_is_named, similar_correct_cases_have_no_finding,
     the_canceller_is_shown_with_the_error, a_blocked_loop_makes_no_starved_task,
     members_of_a_deadlock_are_in_their_order, a_loop_that_nothing_can_wake_says_so_and_its_box_too,
     a_held_error_is_reported_once_and_taken_back, an_error_is_held_in_a_dead_processs_box, an_error_is_not_held_while_a_task_awaits_it, a_cycle_is_drawn_in_the_tree, findings_can_fail_a_run, thresholds_are_checked)
