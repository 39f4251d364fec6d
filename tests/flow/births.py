#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A task that was created before recording began is marked as such, wherever it is shown; no other task is.

    births.py AWRY EXAMPLES_FOLDER PROGRAM
"""
import json
import os
import re
import sqlite3
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, _, PROGRAM = sys.argv[1:4]
WORDS = "created before recording began"


def told(world, **variables):
    process = world.start(PROGRAM, **variables)
    check(process.stdout.readline() == "told\n", "the program said something else")
    return process


def end(process):
    out, err = process.communicate("\n")
    check(process.returncode == 0, process.returncode, err)
    return err


def the_tree_and_its_json():
    with World(AWRY) as world:
        process = told(world)
        lines = world.good("tree", str(process.pid)).splitlines()[1:]
        has = [(re.search(r"Task-\d", line)[0], "waiting: read" in line, WORDS in line) for line in lines]
        check(sorted(has) == [("Task-1", False, True), ("Task-2", True, True), ("Task-3", True, False)], lines)
        tasks = {task["id"]: task for task in world.json("tree", str(process.pid))["tasks"]}
        check([tasks[i].get("before_recording") for i in (2, 3)] == [True, None], tasks)
        check([(tasks[i]["state"], tasks[i]["wait"], tasks[i]["wait_target"]) for i in (2, 3)] ==
              [("waiting", "read", 77)] * 2, tasks)
        end(process)


def findings_say_so():
    with World(AWRY) as world:
        trace = world.path("births.awry")
        process = told(world, AWRY_TRACE=trace)
        err = end(process)
        check(err.count(f"({WORDS})") == 2, err)
        text = world.good("report", trace)
        check(text.count(f"… {WORDS} …") == 2, text)
        check("no frames were recorded" not in text, text)
        report = json.loads(world.good("report", trace, "--json"))
        before = [stack for stack in report["stacks"] if "before_recording" in stack]
        check(len(before) == 1 and before[0]["before_recording"] is True and before[0]["frames"] == [], report["stacks"])
        found = {finding["task"]["id"]: finding for finding in report["findings"]}
        check(found[1]["stack"] == before[0]["id"] != found[4]["stack"], report["findings"])
        sarif = json.loads(world.good("report", trace, "--format", "sarif"))
        results = {result["stacks"][0]["message"]["text"]: result for result in sarif["runs"][0]["results"]}
        check("the task was created before recording began" in results, list(results))
        check("the task was created here" in results, list(results))


def export(world, trace, name):
    world.good("export", trace, "--format", name, "-o", world.path(name))
    with open(world.path(name), "rb") as file:
        return file.read()


def exports_draw_no_creation():
    with World(AWRY) as world:
        trace, database = world.path("births.awry"), world.path("births.db")
        end(told(world, AWRY_TRACE=trace, AWRY_DETAIL="steps"))
        events = json.loads(export(world, trace, "chrome"))["traceEvents"]
        begun = {event["args"]["task"]: event["args"] for event in events if event["ph"] == "B" and event.get("cat") == "task"}
        check([begun[task].get("created") for task in (1, 2, 3, 4)] == ["before recording began"] * 2 + [None] * 2, begun)
        arrows = [event["id"] for event in events if event.get("cat") == "spawn" and event["ph"] == "f"]
        check(sorted(arrows) == [3, 4], arrows)
        world.good("export", trace, "--format", "sqlite", "-o", database)
        rows = dict(sqlite3.connect(database).execute("SELECT task, created_ns IS NULL FROM tasks"))
        check(rows == {1: 1, 2: 1, 3: 0, 4: 0}, rows)
        # the old task has no interval before its first recorded step
        ready = sqlite3.connect(database).execute("SELECT task FROM intervals WHERE what = 'ready'").fetchall()
        check(ready == [(4,)], ready)
        otlp = export(world, trace, "otlp")
        check(otlp.count(b"awry.task.before_recording") == 2, otlp)
        check(export(world, trace, "perfetto").count(b"before recording began") > 0, "not in the trace of Perfetto")


main(the_tree_and_its_json, findings_say_so, exports_draw_no_creation)
