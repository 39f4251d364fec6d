#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Graphviz draws the export: each task a node, below its creator.

    graphviz.py AWRY EXAMPLES_FOLDER
"""
import re
import subprocess

from packages import need
from recorded import Recording, check, cut, main, must_fail


def draw(path):
    done = subprocess.run(["dot", "-Tsvg", path], capture_output=True, text=True, timeout=300)
    check(done.returncode == 0 and done.stderr == "", "dot:", done.stderr)
    return done.stdout


def compare(recording, path):
    svg = draw(path)
    nodes = set(re.findall(r'class="node">\s*<title>t(\d+)</title>', svg))
    wanted = [e for e in recording.created.values() if e["args"]["coroutine"]]
    check(nodes and nodes <= {str(task) for task in recording.created}, "nodes of no task")
    check(len(nodes) == len(set(recording.created)), "nodes:", len(nodes), "of", len(wanted))
    edges = set(re.findall(r"<title>t(\d+)&#45;&gt;t(\d+)</title>", svg))
    spawned = {(str(e["args"]["creator"]), str(e["subject"])) for e in recording.created.values()
               if e["args"]["creator"] in recording.created}
    check(edges == spawned, "edges:", len(edges), "of", len(spawned))


def graphviz_draws_every_task():
    with Recording() as recording:
        # layouts of thousands of nodes take long
        few = recording.world.path("few.awry")
        done = recording.world.call(recording.feed, "-m", "20", "-n", "1", AWRY_DEBUG="1", AWRY_STDERR="none",
                                    AWRY_TRACE=few)
        check(done.returncode == 0, done.stderr)
        recording.trace = few
        recording.read(least=10)
        path = recording.export("dot")
        compare(recording, path)
        must_fail("a cut graph", compare, recording, cut(path))


need("dot")
main(graphviz_draws_every_task)
