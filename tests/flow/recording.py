#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Recordings stay complete: traces under a flood and on a full disk, fork, exec, stale boxes.

    recording.py AWRY EXAMPLES_FOLDER FLOOD FORKER BECOMES
"""
import concurrent.futures
import os
import re
import signal
import stat
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, FLOOD, FORKER, BECOMES = map(os.path.abspath, sys.argv[1:6])
QUIET = {"AWRY_STDERR": "none", "AWRY_BLOCKED_MS": "60000"}
KEPT = 15  # boxes of other processes that are kept, besides the box of the process that removes them


def lost_errors(world, trace):
    return [error["message"] for error in world.json("errors", trace)["errors"] if error["state"] == "lost"]


def a_trace_loses_nothing():
    tasks = 200000
    with World(AWRY) as world:
        trace = world.path("flood.awry")
        done = world.call(FLOOD, "-e", "1000", str(tasks), AWRY_DEBUG="1", AWRY_TRACE=trace,
                          AWRY_RING_BYTES="64KiB", **QUIET)
        check(done.returncode == 0 and done.stderr == "", done.returncode, done.stderr)
        statistics = world.json("stats", trace)
        check(statistics["goodbye"] and statistics["lost_events"] == 0, statistics)
        check(statistics["tasks"]["created"] == tasks + 1, statistics["tasks"])
        check(statistics["tasks"]["finished"] == tasks + 1, statistics["tasks"])
        check(statistics["findings"] == {"never-retrieved": tasks // 1000}, statistics["findings"])
        check(stat.S_IMODE(os.stat(trace).st_mode) == 0o600, oct(os.stat(trace).st_mode))


def a_flood_of_failures_hides_no_other():
    tasks = 300000
    with World(AWRY) as world:
        trace = world.path("failures.awry")
        done = world.call(FLOOD, "-d", "-e", "1", str(tasks), AWRY_DEBUG="1", AWRY_TRACE=trace, **QUIET)
        check(done.returncode == 0, done.stderr)
        for options in (("--no-index",), (), ()):
            if options == ():
                world.good("index", trace)
            report = world.json("report", trace, *options)
            counts = {finding["coroutine"]["function"]: finding["count"] for finding in report["findings"]}
            check(counts == {"little": tasks, "different": 1}, counts)
            check(report["finding_count"] == tasks + 1 and report["losses"]["findings_beyond"] == 0, report["losses"])
            check(all(finding["kept"] <= 4096 for finding in report["findings"]), "too many are kept whole")
            errors = world.json("errors", trace, *options)
            check(errors["not_kept"] + len(errors["errors"]) == tasks + 1 and errors["not_kept"] > 0, errors["not_kept"])
            check(f"{tasks} lost\n" in world.good("errors", trace, *options), "errors")


def a_trace_replaces_the_one_before():
    with World(AWRY) as world:
        trace = world.path("%%-%p.awry")
        for tasks in ("20000", "10"):
            done = world.call(FLOOD, tasks, AWRY_DEBUG="1", AWRY_TRACE=world.path("same.awry"), **QUIET)
            check(done.returncode == 0, done.stderr)
        check(world.json("stats", world.path("same.awry"))["tasks"]["created"] == 11, "an old trace's tail")
        process = world.start(FLOOD, "10", AWRY_TRACE=trace, **QUIET)
        process.communicate(timeout=120)
        name = world.path(f"%-{process.pid}.awry")
        check(world.json("stats", name)["tasks"]["created"] == 11, "%p and %% are not understood")


def a_full_disk_ends_the_recording_alone():
    with World(AWRY) as world:
        disk = world.path("disk")
        os.mkdir(disk)
        script = (f"mount -t tmpfs -o size=128k awry-test {disk} || exit 99\n"
                  f"{FLOOD} -e 100 100000; echo status $?\n"
                  f"{AWRY} report {disk}/full.awry; echo status $?\n")
        done = world.call("unshare", "-m", "sh", "-c", script, AWRY_DEBUG="1", AWRY_TRACE=disk + "/full.awry", **QUIET)
        if done.returncode != 0 and ("unshare" in done.stderr or done.returncode == 99):
            print("# may not mount:", done.stderr.strip())
            return
        lines = done.stdout.splitlines()
        check(lines[0].isdigit() and lines[1] == "status 0", done.stdout[:500], done.stderr)
        said = done.stderr.splitlines()
        check(re.fullmatch(r"awry: \S*full\.awry: No space left on device; the recording ends here", said[0]), said)
        check("never-retrieved" in done.stdout, "what was written is not shown:", done.stdout[:500])
        check(lines[-1] in ("status 0", "status 1") and len(said) == 1 + (lines[-1] == "status 1"), lines[-1], said)


def run_and_export_say_that_a_disk_is_full():
    with World(AWRY) as world:
        disk, trace = world.path("disk"), world.path("small.awry")
        os.mkdir(disk)
        done = world.call(FLOOD, "1000", AWRY_DEBUG="1", AWRY_TRACE=trace, **QUIET)
        check(done.returncode == 0, done)
        script = (f"mount -t tmpfs -o size=16k awry-test {disk} || exit 99\n"
                  f"head -c 16384 /dev/zero >{disk}/fill\n"
                  f"{AWRY} run -o {disk}/run.awry -- {FLOOD} 10 >/dev/null\n"
                  f"{AWRY} export -f json -o {disk}/out.json {trace}; echo status $?\n")
        done = world.call("unshare", "-m", "sh", "-c", script, **QUIET)
        if done.returncode != 0 and ("unshare" in done.stderr or done.returncode == 99):
            print("# may not mount:", done.stderr.strip())
            return
        check("run.awry: there is no recording: the program has not written it" in done.stderr, done.stderr)
        check("replaced" not in done.stderr, done.stderr)
        check(re.search(r"out\.json: .*No space left on device", done.stderr), done.stderr)
        check(done.stdout == "status 1\n", done.stdout)


def a_trace_that_cannot_be_written_at_all():
    with World(AWRY) as world:
        for path in ("/nonexistent/x.awry", world.files, "/dev/full"):
            done = world.call(FLOOD, "10", AWRY_DEBUG="1", AWRY_TRACE=path, **QUIET)
            check(done.returncode == 0 and done.stdout.strip().isdigit(), done)
            check(len(done.stderr.splitlines()) == 1 and path in done.stderr, path, "said", done.stderr)


def a_slow_viewer_loses_nothing_of_a_recording():
    """awry run is stopped while the program floods it: it reads the events that it missed from the recording."""
    tasks = 100000
    with World(AWRY) as world:
        trace, errors = world.path("x.awry"), tasks // 10
        run = subprocess.Popen([AWRY, "run", "-o", trace, "--fail-on", "lost-events,never-retrieved>%d" % errors, "--",
                                FLOOD, "-e", "10", str(tasks)], env=dict(world.environment, **QUIET,
                                                                                 AWRY_RING_BYTES="64KiB"),
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        world.processes.append(run)
        world.wait_for("the recording", lambda: os.path.exists(trace))
        run.send_signal(signal.SIGSTOP)
        try:
            world.wait_for("the flood to pass", lambda: run.stdout.readline().strip() != "", 60)
        finally:
            run.send_signal(signal.SIGCONT)
        _, said = run.communicate(timeout=300)
        check(run.returncode == 0, run.returncode, said[-2000:])
        check(f"{errors:,} findings: {errors:,} never-retrieved\n" in said, said[-2000:])
        check("overwritten" not in said and "Events were lost" not in said, said[-2000:])


def a_live_box_tells_what_it_lost():
    with World(AWRY) as world:
        process = world.start(FLOOD, "-e", "1", "-s", "60", "50000", AWRY_RING_BYTES="64KiB", **QUIET)
        process.stdout.readline()
        report = world.json("report", str(process.pid))
        [lost] = [finding for finding in report["findings"] if finding["kind"] == "lost-events"]
        check(lost["value"] == report["losses"]["important"] > 10000, lost, report["losses"])
        check("[lost-events]" in world.good("report", str(process.pid)), "the text does not say it")
        check(any(f["kind"] == "never-retrieved" and f["count"] > 20 for f in report["findings"]), "the newest")
        text = world.good("stats", str(process.pid))
        check(re.search(r"lost events +[1-9]", text), text)


def without_sanitizers(text):
    """The text without LeakSanitizer's remarks: in the child it looks for its parent's threads."""
    return re.sub(r"^==\d+==Running thread \d+ was not suspended\. .*\n+", "", text, flags=re.MULTILINE)


def the_child_of_a_fork_has_a_recording_of_its_own():
    with World(AWRY) as world:
        done = world.call(FORKER, AWRY_DEBUG="1")
        check(done.returncode == 0 and sorted(line.split()[0] for line in done.stdout.splitlines())
              == ["child", "parent"], done.stdout)
        for who in ("parent", "child"):
            check(done.stderr.count(f"\nValueError: lost by the {who}\n") == 1, who, "in", done.stderr)
        check(os.listdir(world.boxes) == [], "left behind:", os.listdir(world.boxes))


def a_child_ends_whatever_the_agents_thread_did_at_the_fork():
    """Eight at a time, so that the fork often interrupts the agent's thread."""
    with World(AWRY) as world, concurrent.futures.ThreadPoolExecutor(8) as pool:
        for done in pool.map(lambda number: world.call(FORKER, "1", AWRY_DEBUG="1", **QUIET), range(160)):
            check(done.returncode == 0 and done.stdout == "1\n", done)


def the_child_writes_a_trace_of_its_own():
    with World(AWRY) as world:
        for pattern, parent_name, child_name in (("f.awry", "f.awry", "f.awry.{child}"),
                                                 ("%p.awry", "{parent}.awry", "{child}.awry"),
                                                 ("%%p.awry", "%p.awry", "%p.awry.{child}")):
            done = world.call(FORKER, AWRY_DEBUG="1", AWRY_TRACE=world.path(pattern), **QUIET)
            check(done.returncode == 0 and without_sanitizers(done.stderr) == "", done.stderr)
            pids = dict(line.split() for line in done.stdout.splitlines())
            for who, name in (("parent", parent_name), ("child", child_name)):
                trace = world.path(name.format(**pids))
                check(lost_errors(world, trace) == [f"lost by the {who}"], trace, lost_errors(world, trace))
                check(world.json("report", trace)["process"]["pid"] == int(pids[who]), trace, "of another process")


def run_hears_both_sides_of_a_fork():
    with World(AWRY) as world:
        done = world.run_awry("run", "--", FORKER)
        check(done.returncode == 0, done.returncode, done.stderr)
        check(done.stderr.count("1 finding: 1 never-retrieved") == 2, done.stderr)
        for who in ("parent", "child"):
            check(done.stderr.count(f"ValueError: lost by the {who}") == 1, who, "in", done.stderr)


def a_program_that_becomes_another():
    with World(AWRY) as world:
        feed = os.path.join(EXAMPLES, "market_feed")
        process = world.start(BECOMES, feed, "-m", "400", "-n", "1", "-l", "3600", **QUIET)
        process.stdout.readline()
        rows = [row for row in world.json("ps")["processes"] if row["pid"] == process.pid]
        states = sorted((row["state"], os.path.basename(row["program"])) for row in rows)
        check(states == [("alive", "market_feed"), ("replaced", os.path.basename(BECOMES))], states)
        report = world.json("report", str(process.pid))
        check(report["process"]["program"].endswith("market_feed"), "by its pid it is", report["process"])
        [before] = [row["box"] for row in rows if row["state"] == "replaced"]
        check(lost_errors(world, before) == ["lost by what was before"], lost_errors(world, before))
        check("leaked-task" in {f["kind"] for f in report["findings"]}, "the new one records nothing")


def stale_boxes_do_not_pile_up():
    with World(AWRY) as world:
        live = world.start(FLOOD, "-s", "60", "1", AWRY_MEMORY_BYTES="4MiB", **QUIET)
        live.stdout.readline()
        dead = []
        for _ in range(KEPT + 3):
            process = world.start(FLOOD, "-s", "60", "1", AWRY_MEMORY_BYTES="4MiB", **QUIET)
            process.stdout.readline()
            world.crash(process)
            dead.append(process.pid)
        for name in ("notes.txt", "1-2-3.box.old", "run-1.sock"):
            with open(os.path.join(world.boxes, name), "w"):
                pass
        world.start(FLOOD, "-s", "60", "1", AWRY_MEMORY_BYTES="4MiB", **QUIET).stdout.readline()
        world.wait_for("the oldest to go", lambda: len(boxes(world)) == KEPT + 2)
        world.wait_for("their sockets to go", lambda: len(world.sockets()) == KEPT + 3)
        kept = [pid for pid in dead if pid in boxes(world)]
        check(len(kept) == KEPT, boxes(world), "of", dead)
        check(live.pid in boxes(world), "a live one's box was removed")
        for name in ("notes.txt", "1-2-3.box.old", "run-1.sock"):
            check(os.path.exists(os.path.join(world.boxes, name)), name, "was removed")
        gone = [row["pid"] for row in world.json("ps")["processes"] if row["state"] == "gone"]
        check(sorted(gone) == sorted(kept), "ps lists", gone)


def a_box_that_shrinks_while_it_is_read():
    with World(AWRY) as world:
        process = world.start(FLOOD, "-e", "50", "-k", "5000", "-s", "60", "40000", **QUIET)
        process.stdout.readline()
        world.crash(process)
        [box] = [os.path.join(world.boxes, name) for name in os.listdir(world.boxes) if name.endswith(".box")]
        copy, said = world.path("copy.box"), 0
        for attempt in range(300):
            if attempt >= 30 and said > 0:
                break
            subprocess.run(["cp", "--sparse=always", box, copy], check=True)
            reader = world.start(AWRY, ("tree", "report", "stats")[attempt % 3], copy)
            time.sleep(attempt % 60 / 1000)
            os.truncate(copy, (0, 4096, 300000)[attempt // 3 % 3])
            _, errors = reader.communicate(timeout=300)
            check(reader.returncode in (0, 1), "exited with", reader.returncode, errors)
            check((reader.returncode == 1) == (errors != ""), reader.returncode, errors)
            said += "was cut short while it was read" in errors
        check(said > 0, "it was never cut in the midst of it")


def failed_tasks(world, trace):
    """The numbers of the tasks whose errors are in a recording, in order."""
    return sorted(int(message.split()[1]) for message in lost_errors(world, trace))


def the_recording_of_a_killed_program_has_its_end():
    """What its agent had not written to the file is appended from the black box, and nothing is there twice."""
    again = ("snapshot-begin", "snapshot-end", "task-state", "loop-state", "loop-lags", "thread-started", "loop-opened", "resource-held")
    completed = 0
    for attempt in range(20):
        packed = attempt % 4 == 3
        with World(AWRY) as world:
            trace, rest = world.path("k.awry.zst" if packed else "k.awry"), world.path("box.awry")
            # the tasks of the flood fail one after the other; it is killed at one moment or another
            kill = f'(sleep {attempt * 0.005}; kill -KILL $$) & exec "$0" -e 1 -k 20 -s 600 3000'
            done = world.run_awry("run", "-o", trace, "--", "/bin/sh", "-c", kill, FLOOD, AWRY_RING_BYTES="16MiB", **QUIET)
            check(done.returncode == -signal.SIGKILL, done.returncode, done.stderr)
            if not boxes(world):
                check(not os.path.exists(trace), "a recording of what?")
                continue  # it was killed before it recorded
            [pid] = boxes(world)
            world.good("recover", str(pid), "-o", rest)
            whole, box = world.json("stats", trace), world.json("stats", rest)
            check(not whole["goodbye"] and not whole["source"]["cut"] and whole["lost_events"] == 0, whole)
            check({kind: count for kind, count in whole["events"].items() if kind not in again}
                  == {kind: count for kind, count in box["events"].items() if kind not in again}, whole["events"], box["events"])
            for part in "definitions", "findings", "tasks":
                check(whole[part] == box[part], part, whole[part], box[part])
            # the agent may have written a loop's lags after the last event
            check(whole["duration_ns"] >= box["duration_ns"], whole["duration_ns"], box["duration_ns"])
            numbers = failed_tasks(world, trace)
            check(numbers == failed_tasks(world, rest) == list(range(1, len(numbers) + 1)), numbers)
            # siblings may be in another order, and durations go to that time
            trees = [sorted(re.sub(r" for \S+ \w+$", "", line).strip("│├└─ ") for line in world.good("tree", path).splitlines())
                     for path in (trace, rest)]
            check(trees[0] == trees[1], *trees)
            check("last moments" not in done.stderr and "no recording" not in done.stderr, done.stderr)
            completed += 1
    check(completed >= 4, "only", completed, "recordings were completed")


def a_program_that_is_killed_at_once_has_a_recording():
    """Its agent has not even made the file, unless the machine is slow."""
    for name, older in ("k.awry", False), ("k.awry.zst", False), ("%p.awry", False), ("k.awry", True):
        with World(AWRY) as world:
            if older:
                world.good("run", "-o", world.path(name), "--", FLOOD, "-e", "1", "7", **QUIET)
            done = world.run_awry("run", "-o", world.path(name), "--", FLOOD, "-x", "-e", "1", "3", **QUIET)
            check(done.returncode == -signal.SIGKILL and "no recording" not in done.stderr, done.returncode, done.stderr)
            [file] = os.listdir(world.files)
            check(failed_tasks(world, world.path(file)) == [1, 2, 3], file, done.stderr)
            check(not world.json("stats", world.path(file))["goodbye"], file)


def boxes(world):
    return [int(name.split("-")[0]) for name in os.listdir(world.boxes) if name.endswith(".box")]


main(a_trace_loses_nothing, a_slow_viewer_loses_nothing_of_a_recording, a_flood_of_failures_hides_no_other, a_trace_replaces_the_one_before,
     a_full_disk_ends_the_recording_alone, run_and_export_say_that_a_disk_is_full,
     a_trace_that_cannot_be_written_at_all, a_live_box_tells_what_it_lost,
     the_child_of_a_fork_has_a_recording_of_its_own, a_child_ends_whatever_the_agents_thread_did_at_the_fork,
     the_child_writes_a_trace_of_its_own,
     run_hears_both_sides_of_a_fork, a_program_that_becomes_another, a_box_that_shrinks_while_it_is_read,
     the_recording_of_a_killed_program_has_its_end, a_program_that_is_killed_at_once_has_a_recording, stale_boxes_do_not_pile_up)
