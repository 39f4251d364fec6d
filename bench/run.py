#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The cost of awry, as ratios measured in one run.

    run.py FOLDER [--check]     FOLDER: where the benchmarks were built; --check: exit 1 if a target is missed

Absolute times depend on the machine. Ratios are medians over pairs, measured alternately.
"""
import os
import statistics
import subprocess
import sys

PAIRS = 5
COUNTS = 3  # of instructions
ROUNDS = {"spawn+join": 300_000, "yield": 1_000_000, "call+await": 1_000_000}


def measure(program, *arguments, **variables):
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWRY_")}
    environment.update(variables)
    return subprocess.run([program, *arguments], env=environment, check=True, capture_output=True, text=True).stdout


def instructions(program, operation):
    """Callgrind's instruction count of the operation: a median, because the number of polls depends on the clock."""
    counts = [instructions_once(program, operation) for _ in range(COUNTS)]
    return statistics.median(counts) if None not in counts else None


def instructions_once(program, operation):
    """Instructions per operation, by the difference of two run lengths. None without valgrind."""
    counts = []
    for rounds in (2_000, 12_000):
        try:
            done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", program, operation,
                                   str(rounds)], capture_output=True, text=True, check=True,
                                  env={k: v for k, v in os.environ.items() if not k.startswith("AWRY_")})
        except (OSError, subprocess.CalledProcessError):
            return None
        counts.append(int(done.stderr.split("Collected :")[1].split()[0]))
    return (counts[1] - counts[0]) / (10_000 * 7)


def wait_stacks(folder, row):
    """The cost of recording where each task waits, for an asyncio program whose tasks wait at every poll."""
    on = {"AWRY_DEBUG": "1", "AWRY_STDERR": "none"}
    adapter = os.path.join(folder, "../agent/python/awry-python.so")
    program = [os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_waits.py"), "20000"]
    if not os.path.exists(adapter) or not os.path.exists("/usr/bin/python3"):
        return
    on["LD_PRELOAD"] = adapter
    rows = [[float(measure("/usr/bin/python3", *program, **variables)) for variables in
             ({}, {**on, "AWRY_WAIT_STACKS": "0"}, on, {**on, "AWRY_DETAIL": "steps"})] for _ in range(PAIRS + 2)]
    for index, name in enumerate(("without wait stacks", "with them", "with them and steps"), 1):
        row(f"asyncio, a poll a round: {name} / plain", statistics.median(line[index] / line[0] for line in rows), "x",
            1.12 if index == 3 else None)


def main():
    folder, check = sys.argv[1], "--check" in sys.argv[2:]
    runtime, bare, record = (os.path.join(folder, name) for name in ("bench-runtime", "bench-bare", "bench-record"))
    missed = []

    def row(name, value, unit, target=None, least=False):
        mark = ""
        if target is not None:
            mark = f"target {'>=' if least else '<='} {target}"
            if value < target if least else value > target:
                missed.append(name)
                mark += "  MISSED"
        print(f"  {name:<44}{value:>10.2f} {unit:<6}{mark}")

    print("ns an operation, the median of the fastest")
    for operation, rounds in ROUNDS.items():
        off, on = [], []
        for _ in range(PAIRS):
            off.append(float(measure(runtime, operation, str(rounds))))
            on.append(float(measure(runtime, operation, str(rounds), AWRY_DEBUG="1", AWRY_STDERR="none")))
        row(f"{operation}, off", statistics.median(off), "ns")
        row(f"{operation}, on", statistics.median(on), "ns")
        row(f"{operation}, on / off", statistics.median(a / b for a, b in zip(on, off)), "x")
    parts = dict(line.split() for line in measure(record).splitlines())
    parts = {name: float(value) for name, value in parts.items()}
    row("one record into the ring", parts["ring-put"], "ns")
    row("a loop's wake-up and poll", parts["loop-iteration"], "ns")
    row("the clock", parts["clock"], "ns")
    row("capture + intern, 16 frames", parts["capture+intern"], "ns")
    row("where a waiting task waits, 16 frames", parts["wait-stack"], "ns")
    row("glibc backtrace, 16 frames", parts["glibc-backtrace"], "ns")
    row("capture + intern / glibc backtrace", parts["capture+intern"] / parts["glibc-backtrace"], "x", 0.06)
    with_hooks, without = instructions(runtime, "spawn+join"), instructions(bare, "spawn+join")
    if with_hooks and without:
        row("spawn+join, instructions, hooks off", with_hooks, "")
        row("spawn+join, instructions, no hooks built in", without, "")
        row("hooks that are off / no hooks", with_hooks / without, "x", 1.02)
    for line in measure(os.path.join(folder, "bench-tui"), "100000", "20").splitlines():
        view, ms = line.split()
        row(f"viewer, {view}: a frame of 100,000 live tasks", float(ms), "ms")
    raw, coroutines = [], []
    for _ in range(PAIRS):
        raw.append(float(measure(os.path.join(folder, "bench-echo"), "raw", "1")))
        coroutines.append(float(measure(os.path.join(folder, "bench-echo"), "awry", "1")))
    row("echo over TCP, libuv callbacks", statistics.median(raw) / 1000, "k/s")
    row("echo over TCP, a coroutine a connection", statistics.median(coroutines) / 1000, "k/s")
    row("coroutines / callbacks, requests", statistics.median(b / a for a, b in zip(raw, coroutines)), "x", 0.97, least=True)
    wait_stacks(folder, row)
    if missed:
        print("missed:", ", ".join(missed))
    sys.exit(1 if missed and check else 0)


main()
