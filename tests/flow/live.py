#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Views of a process while it runs, while its loop is blocked, while it is stopped, and after kill -9.

    live.py AWRY EXAMPLES_FOLDER BLOCKER
"""
import json
import os
import re
import signal
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, BLOCKER = sys.argv[1:4]


def tasks(world, process):
    return world.json("tree", str(process.pid))["tasks"]


def functions(world, process):
    return {task["coroutine"]["function"] for task in tasks(world, process)}



def a_feed_from_its_start_to_its_death():
    with World(AWRY) as world:
        feed = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "0", "-r", "500", AWRY_STDERR="none")
        world.wait_for("ps to list it", lambda: world.state(feed) == "alive")
        world.wait_for("its clients", lambda: {"amain", "client"} <= functions(world, feed))
        listed = world.good("ps")
        check(str(feed.pid) in listed and "market_feed" in listed, listed)
        client = [task for task in tasks(world, feed) if task["coroutine"]["function"] == "client"]
        check(len(client) == 3 and all(task["creator"] == 1 for task in client), client)
        text = world.good("tree", str(feed.pid))
        check("├─ " in text and "waiting: " in text and "Task-1  amain" in text, text)

        feed.send_signal(signal.SIGSTOP)
        world.wait_for("ps to see that it is stopped", lambda: world.state(feed) == "stopped")
        check({"amain", "client"} <= functions(world, feed), "stopped, it shows", functions(world, feed))
        one, two = tasks(world, feed), tasks(world, feed)
        check([task["id"] for task in one] == [task["id"] for task in two], "a stopped process goes on")
        feed.send_signal(signal.SIGCONT)
        world.wait_for("ps to see that it goes on", lambda: world.state(feed) == "alive")

        before = findings(world, feed)
        world.wait_for("more findings", lambda: findings(world, feed) > before)
        world.crash(feed)
        check(world.state(feed) == "gone", world.state(feed))
        check({"amain", "client"} <= functions(world, feed), "dead, it shows", functions(world, feed))
        check(findings(world, feed) > before, "its findings are gone")


def findings(world, process):
    [row] = [row for row in world.json("ps")["processes"] if row["pid"] == process.pid]
    return row["findings"]


def a_blocked_loop():
    with World(AWRY) as world:
        blocker = world.start(BLOCKER, "2", AWRY_STDERR="none")
        check(blocker.stdout.readline() == "waiting\n", blocker.stderr)
        began = time.monotonic()
        time.sleep(0.3)
        seen = tasks(world, blocker)
        text = world.good("tree", str(blocker.pid))
        report = world.json("report", str(blocker.pid))["findings"]
        check(time.monotonic() - began < 2, "too slow to say anything of a blocked loop")
        states = sorted((task["coroutine"]["function"], task["state"]) for task in seen)
        check(states == [("amain", "waiting"), ("blocker", "running")] + [("waiter", "waiting")] * 5, states)
        check(re.search(r"(?m)^loop .* busy for [\d.]+ m?s", text), text)
        check("AWRY_DETAIL" not in text, "its states stand in the box:", text)
        check([finding["kind"] for finding in report] == ["blocked-loop"], report)
        gate = world.run_awry("report", "--fail-on", "blocked-loop>250ms", str(blocker.pid))
        check(gate.returncode == 66 and "1 blocked-loop (for at least " in gate.stdout, "so far:", gate)
        loop = json.loads(world.good("stats", "--json", str(blocker.pid)))["loops"][0]
        check(loop["blocked"] == 1 and 0.25e9 < loop["blocked_ns"] < 2.5e9, loop)
        check(blocker.stdout.readline() == "over\n", "it never went on")
        world.wait_for("the loop to be free", lambda: " busy for " not in world.good("tree", str(blocker.pid)))
        world.wait_for("the blocker to wait", lambda: all(task["state"] == "waiting"
                                                          for task in tasks(world, blocker)))
        [finding] = world.json("report", str(blocker.pid))["findings"]
        check(1.9e9 < finding["lasted_ns"] < 4e9, finding["lasted_ns"])


main(a_feed_from_its_start_to_its_death, a_blocked_loop)
