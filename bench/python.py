#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The cost of awry for an asyncio program: CPU time as a ratio to that of plain Python, in one run.

    python.py FOLDER AWRY [--python PYTHON] [--pairs N]     FOLDER: where the agent was built; AWRY: the viewer

PYTHON is measured (/usr/bin/python3); the rows of a web server need aiohttp there. A ratio is the median of N pairs (7),
measured alternately, of the CPU time of all threads of the process. "asyncio's debug mode" is PYTHONASYNCIODEBUG=1 without awry.
"""
import argparse
import contextlib
import os
import resource
import socket
import statistics
import subprocess
import tempfile
import threading
import time

WORK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_work.py")
WAITS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "python_waits.py")
STARTUP = "import asyncio; asyncio.run(asyncio.sleep(0))"
TASKS, DEBUG_TASKS, STARTS = 300_000, 20_000, 10
CONNECTIONS, REQUESTS = 20, 6_000


def options():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder")
    parser.add_argument("awry")
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--pairs", type=int, default=7)
    return parser.parse_args()


OPTIONS = options()
PLAIN = {key: value for key, value in os.environ.items() if not key.startswith("AWRY_") and key != "PYTHONASYNCIODEBUG"}
DEBUG = {**PLAIN, "PYTHONASYNCIODEBUG": "1"}


FOLDER = tempfile.TemporaryDirectory(dir="/dev/shm")  # a tmpfs, as for boxes
WATCHED = {**PLAIN, "AWRY_DEBUG": "1", "AWRY_STDERR": "none", "AWRY_RUNTIME_DIR": FOLDER.name,
           "LD_PRELOAD": os.path.join(os.path.abspath(OPTIONS.folder), "python/awry-python.so")}


def row(name, value, unit, target=None):
    mark = "" if target is None else f"target <= {target}" + ("  MISSED" if value > target else "")
    print(f"  {name:<52}{value:>8.3f} {unit:<4}{mark}".rstrip(), flush=True)


def printed(environment, *arguments):
    return float(subprocess.run([OPTIONS.python, *arguments], env=environment, check=True, capture_output=True,
                                text=True).stdout)


def ratio(measure, environment, base=PLAIN, pairs=None):
    found = []
    for _ in range(pairs or OPTIONS.pairs):
        plain = measure(base)
        found.append(measure(environment) / plain)
    return statistics.median(found)


def start_ms(environment):
    """User and system time of a process that imports asyncio and runs one task, with its children."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)  # os.times() counts in hundredths of a second
    for _ in range(STARTS):
        subprocess.run([OPTIONS.python, "-c", STARTUP], env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return ((after.ru_utime - before.ru_utime) + (after.ru_stime - before.ru_stime)) * 1000 / STARTS


# ---- a server under load ----


def ask(connection, path):
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: bench\r\n\r\n".encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(4096)
    head, _, body = answer.partition(b"\r\n\r\n")
    length = int(next(line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")).split(b":")[1])
    while len(body) < length:
        body += connection.recv(4096)
    return body


def load(port, path):
    def client():
        with socket.create_connection(("127.0.0.1", port)) as connection:
            for _ in range(REQUESTS // CONNECTIONS):
                ask(connection, path)

    threads = [threading.Thread(target=client) for _ in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@contextlib.contextmanager
def server(environment):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen([OPTIONS.python, WORK, "server", str(port)], env=environment)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait()


@contextlib.contextmanager
def viewer(pid, environment):
    """A recording viewer, which gets all events of the process."""
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.Popen([OPTIONS.awry, "record", "-o", os.path.join(folder, "t.awry"), str(pid)], env=environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(0.5)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def request_ns(path, viewed=False):
    def measure(environment):
        with server(environment) as (port, pid), \
             viewer(pid, environment) if viewed and "AWRY_DEBUG" in environment else contextlib.nullcontext():
            load(port, path)
            with socket.create_connection(("127.0.0.1", port)) as connection:
                before = int(ask(connection, "/cpu"))
                load(port, path)
                return (int(ask(connection, "/cpu")) - before) / REQUESTS

    return measure


def web():
    if subprocess.run([OPTIONS.python, "-c", "import aiohttp"], capture_output=True).returncode != 0:
        print(f"  not measured: a web server; {OPTIONS.python} has no aiohttp")
        return
    row("aiohttp, hello", ratio(request_ns("/hello"), WATCHED), "x", 1.02)
    row("aiohttp, hello, with a viewer", ratio(request_ns("/hello", viewed=True), WATCHED), "x", 1.07)
    row("aiohttp, ten subtasks", ratio(request_ns("/ten"), WATCHED), "x", 1.04)
    row("aiohttp, ten subtasks, with a viewer", ratio(request_ns("/ten", viewed=True), WATCHED), "x", 1.09)
    row("aiohttp, ten subtasks, asyncio's debug mode", ratio(request_ns("/ten"), DEBUG, pairs=3), "x")


def main():
    version = subprocess.run([OPTIONS.python, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    print(f"{version}: CPU to plain Python's, medians of {OPTIONS.pairs} pairs")
    for work, name in (("tasks", "a trivial task, created and awaited"), ("gather", "a trivial task of a gather of 1,000")):
        row(name, ratio(lambda env, work=work: printed(env, WORK, work, str(TASKS)), WATCHED), "x", 1.08)
        row(name + ", asyncio's debug mode",
            ratio(lambda env, work=work: printed(env, WORK, work, str(DEBUG_TASKS)), DEBUG, pairs=3), "x")
    row("two tasks that wait in turn, with steps and where they wait", ratio(lambda env: printed(env, WAITS, "20000"),
                                                         {**WATCHED, "AWRY_DETAIL": "steps"}), "x", 1.12)
    web()
    more = statistics.median(start_ms(WATCHED) - start_ms(PLAIN) for _ in range(OPTIONS.pairs))
    row("start-up, import asyncio and one task: more by", more, "ms", 3)


if __name__ == "__main__":
    main()
