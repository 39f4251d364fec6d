#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""--filter of the commands that show a recording: they show all matching items, and no others.

    filter.py AWRY EXAMPLES_FOLDER
"""
import json

from recorded import Recording, check, main


def only_what_matches_is_shown():
    with Recording() as recording:
        good = recording.world.good
        whole = json.loads(good("report", "--json", recording.trace))
        of_kind = {f["kind"]: f["count"] for f in whole["findings"]}
        for kind in ("never-retrieved", "leaked-task"):
            part = json.loads(good("report", "--json", "--filter", "kind:" + kind, recording.trace))
            check({f["kind"] for f in part["findings"]} == {kind}, kind, "and others")
            check(part["finding_count"] == sum(f["count"] for f in whole["findings"] if f["kind"] == kind) > 0,
                  kind, part["finding_count"], of_kind)
        some = next(e["args"]["task"] for e in recording.errors.values() if e["args"]["task"])
        own = {i for i, e in recording.errors.items() if e["args"]["task"] == some}
        shown = good("errors", "--filter", f"id:{some}", recording.trace)
        check(f"{len(own)} error" in shown.splitlines()[0], shown[:300], own)
        stats = json.loads(good("stats", "--json", "--filter", "coro=process", recording.trace))
        check(stats, "no statistics")


def a_moment_and_a_filter():
    with Recording() as recording:
        sleeps = [e["time_ns"] for e in recording.events if e["kind"] == "task-wait" and e["names"]["kind"] == "sleep"]
        moment = f"{sleeps[len(sleeps) // 2] - recording.events[0]['time_ns']}ns"
        whole = recording.world.good("tree", "--at", moment, recording.trace)
        part = recording.world.good("tree", "--at", moment, "--filter", "state:waiting wait:sleep", recording.trace)
        waiting = sum("waiting: sleep" in line for line in whole.splitlines())
        check(waiting == sum("waiting: sleep" in line for line in part.splitlines()) > 0, waiting, part[:500])
        check(len(part) < len(whole) and "waiting: group" not in part, "others are shown")


def an_invalid_filter_is_bad_usage():
    with Recording() as recording:
        for command in ("tree", "errors", "report", "stats"):
            done = recording.world.run_awry(command, "--filter", "age>5", recording.trace)
            check(done.returncode == 2 and done.stderr.endswith("  age>5\n      ^\n"), command, done)


main(only_what_matches_is_shown, a_moment_and_a_filter, an_invalid_filter_is_bad_usage)
