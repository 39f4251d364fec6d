#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The handling of errors is shown beside them: the same text from a live process, the box of an ended one, and a trace.

    resilience.py AWRY EXAMPLES_FOLDER
"""
import json
import os
import re
import signal
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = sys.argv[1:3]
PROGRAM = os.path.join(os.path.abspath(EXAMPLES), "resilient_feed")
OUTPUT = ["the feeds are healthy", "BTC 42.5, live", "the feeds are degraded", "ETH 42.4, from the cache", "done"]


def body(text):
    """A report without the line that names its source."""
    return "\n".join(line for line in text.splitlines() if not line.startswith(("pid ", "source")))


def behaves_the_same_with_debug_mode():
    with World(AWRY) as world:
        for debug in "0", "1":
            done = world.call(PROGRAM, AWRY_DEBUG=debug, AWRY_STDERR="none")
            check(done.returncode == 0, done.stderr)
            check(done.stdout.splitlines() == OUTPUT, done.stdout)


def beside_the_errors():
    with World(AWRY) as world:
        trace = world.path("run.awry")
        process = world.start(PROGRAM, "60", AWRY_TRACE=trace, AWRY_STDERR="none")
        for expected in OUTPUT:
            line = process.stdout.readline().strip()
            check(line == expected, line, "is not", expected)
        reports = [world.run_awry("report", str(process.pid)).stdout]
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        reports.append(world.run_awry("report", str(process.pid)).stdout)
        reports.append(world.run_awry("report", trace).stdout)
        check("attempt 2 of 3 of live: gave up; breaker feed open since" in reports[0], reports[0])
        check(body(reports[0]) == body(reports[1]) == body(reports[2]), *reports)
        text = world.run_awry("errors", trace).stdout
        for pattern in (r"attempt 1 of 3 of live: failed, the next one after \d+(\.\d+)? [mu]s",
                        r"attempt 2 of 3 of live: gave up; breaker feed open since \d\d:\d\d:\d\d, after 4 failures",
                        r"CircuitBreakerOpenError: Circuit breaker feed is OPEN - service unavailable",
                        r"note: attempt 1: ConnectionResetError",
                        r"\.component = 'orders'"):
            check(re.search(pattern, text), "no", pattern, "in:\n" + text)
        errors = json.loads(world.run_awry("errors", trace, "--json").stdout)["errors"]
        handled = [error["handled"] for error in errors if error["handled"]]
        final = [h for h in handled if h.get("outcome") == "gave up"]
        check(sorted(h["attempt"] for h in final) == [2, 3], final)
        check([h["services"] for h in handled if h.get("service") == "live"] == [2], handled)
        check([h["breaker"]["state"] for h in final if "breaker" in h] == ["open"], final)
        for format in "chrome", "json":
            out = world.path(format)
            done = world.run_awry("export", trace, "--format", format, "-o", out)
            check(done.returncode == 0, done.stderr)
            with open(out) as file:
                text = file.read()
            check("attempt" in text and "breaker" in text and "service" in text, format)


main(behaves_the_same_with_debug_mode, beside_the_errors)
