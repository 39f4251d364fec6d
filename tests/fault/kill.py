#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Kill a program at random times; the recovered recording must have every finding that it had committed.

    kill.py ROUNDS AWRY MARKET_FEED WITNESS.so [WORKERS]

Each worker has its own folder; a round mostly waits, so that there may be more workers than processors.

The witness counts, in its own file, each finding whose hook has returned. After kill -9, `awry recover` and
`awry report` must show that many or more: the last one may be committed, but not counted yet. Findings of
blocked loops, which the watchdog makes, are not counted here.
"""
import concurrent.futures
import json
import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

WITNESSED = {"never-retrieved", "never-awaited", "leaked-task"}


class Failure(Exception):
    pass


def fail(*words):
    raise Failure(" ".join(str(word) for word in words))


def run(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, **options)
    if done.returncode != 0:
        fail(" ".join(command), "exited with", done.returncode, done.stderr)
    return done.stdout


def witnessed(count_path):
    if not os.path.exists(count_path) or os.path.getsize(count_path) != 8:
        return 0
    with open(count_path, "rb") as file:
        return struct.unpack("Q", file.read())[0]


def wait_for_findings(process, count_path):
    end = time.monotonic() + 60
    while witnessed(count_path) < 10:
        if process.poll() is not None or time.monotonic() > end:
            fail("the program has no findings:", process.returncode)
        time.sleep(0.005)


def one_round(number, awry, feed, witness, folder):
    count_path = os.path.join(folder, "count")
    trace = os.path.join(folder, "crash.awry")
    environment = dict(os.environ, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_RUNTIME_DIR=folder,
                       WITNESS=count_path, LD_PRELOAD=witness)
    process = subprocess.Popen([feed, "-m", "0", "-n", "3"], env=environment, stdout=subprocess.DEVNULL)
    try:
        if number % 2 == 0:  # the other rounds may kill during the start; on a busy machine all rounds would
            wait_for_findings(process, count_path)
        time.sleep(random.uniform(0.02, 0.4))
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
    committed = witnessed(count_path)
    boxes = [name for name in os.listdir(folder) if name.endswith(".box")]
    reader = dict(os.environ, AWRY_RUNTIME_DIR=folder)
    shown = 0
    if boxes:
        run(awry, "recover", str(process.pid), "-o", trace, env=reader)
        report = json.loads(run(awry, "report", "--json", trace, env=reader))
        shown = sum(f["count"] for f in report["findings"] if f["kind"] in WITNESSED)
        lost = [f for f in report["findings"] if f["kind"] == "lost-events"]
        if lost:
            fail("round", number, "lost events:", lost)
    if not committed <= shown <= committed + 1:
        fail(f"round {number}: {committed} findings were committed, {shown} are shown")
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    return committed


def work(numbers, programs):
    """Run these rounds in turn. Returns how many findings were committed in each."""
    folder = tempfile.mkdtemp(prefix="awry-test-", dir="/dev/shm")
    try:
        return [one_round(number, *programs, folder) for number in numbers]
    finally:
        shutil.rmtree(folder)


def main():
    rounds, programs = int(sys.argv[1]), [os.path.abspath(path) for path in sys.argv[2:5]]
    workers = int(sys.argv[5]) if len(sys.argv) > 5 else 1
    seed = int(os.environ.get("SEED", time.time_ns()))
    random.seed(seed)
    shares = [range(first, rounds, workers) for first in range(workers)]
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        counts = [count for share in pool.map(work, shares, [programs] * workers) for count in share]
    if max(counts) < 10:
        fail("the program was always killed before it had anything to lose:", counts)
    print(f"killed {rounds} times (seed {seed}), {sum(counts)} findings committed, none lost")


try:
    main()
except Failure as failure:
    print("FAILED:", failure)
    sys.exit(1)
