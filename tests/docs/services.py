#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""docs/python-services.md, and what README.md and docs/python.md say of pytest: run with the packages of PyPI that they name.

    services.py BUILD AWRY PYTHON

Docker, systemd and Kubernetes are not started. Their files are parsed, and checked for what they name; that a box can be read from a second container is tested
with namespaces, where the right to make them exists. What could not be had or run is named.
"""
import configparser
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import venv

import yaml

PROJECT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path[:0] = [f"{PROJECT}/tests"]
import documents  # noqa: E402
import venvs  # noqa: E402
from awry_test import Failure, World, check, main  # noqa: E402

BUILD, AWRY, PYTHON = map(os.path.abspath, sys.argv[1:4])
PAGE = f"{PROJECT}/docs/python-services.md"
WORK = tempfile.mkdtemp(prefix="awry-test-services-")
# what each section needs from PyPI
NEEDS = {"FastAPI, uvicorn": ("fastapi", "uvicorn"), "aiohttp": ("aiohttp",), "Django, Channels": ("django", "channels", "daphne"),
         "gunicorn": ("gunicorn", "uvicorn", "uvicorn-worker"), "Jupyter, IPython": ("ipykernel", "jupyter-client"), "Docker": (), "systemd": (),
         "Kubernetes": ()}
IN_TESTS = ("pytest>=8,<10", "pytest-asyncio>=1,<2")
INSTRUCTIONS = {"FROM", "COPY", "RUN", "WORKDIR", "ENV", "CMD"}
ELSEWHERE = {"Install it", "Use it", "C"}
STARTS_CONTAINERS = r"^(docker|kubectl|sudo) "


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def install(*packages):
    """Whether pip could install the packages into the venv."""
    done = subprocess.run([f"{WORK}/tools/bin/pip", "--python", ENV, "install", "--quiet", *packages], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        print("   not tested, since pip cannot install", *packages, ":", (done.stderr.strip().splitlines() or ["?"])[-1], flush=True)
    return done.returncode == 0


class Notebook:
    """The cells of a section, in one kernel: they are run together when the first output is asked for."""

    def __init__(self, section):
        self.cells = [block.text for block in section.blocks if block.language == "ipython"]
        self.at, self.outputs = 0, None

    def cell(self, block, folder, shell):
        if self.outputs is None:
            # A cell that takes time lets the first one's tasks run. asyncio's message is shown in the cell that runs when the task fails: either of them.
            first, pause, *others = run_cells("python3", [self.cells[0], "await asyncio.sleep(1)", *self.cells[1:]], shell.environment)
            check("Task exception was never retrieved" in first + pause, first, pause, others)
            self.outputs = ["", *others]
        self.at += 1

    def output(self, block, folder, shell):
        printed = self.outputs[self.at - 1]
        check(documents.same(block.text, printed), f"cell {self.at} printed:\n{printed}\nexpected:\n{block.text}")


def run_cells(kernel, cells, environment):
    done = subprocess.run([ENV, f"{PROJECT}/tests/docs/kernel.py", kernel], input=json.dumps(cells), env=environment, capture_output=True, text=True,
                          timeout=300)
    check(done.returncode == 0, done.stderr[-3000:])
    return json.loads(done.stdout.splitlines()[-1])


def kernel_of_its_own(block, folder, shell):
    """The kernel.json of the page: its kernel records from its start."""
    path = os.path.join(folder, block.name)
    os.makedirs(os.path.dirname(path))
    with open(path, "w", encoding="utf-8") as file:
        file.write(block.text)
    [recording] = run_cells("awry", ["import awry; print(awry.is_recording())"], {**shell.environment, "JUPYTER_PATH": folder})
    check(recording == "True\n", recording)
    [recording] = run_cells("python3", ["import awry; print(awry.is_recording())"], shell.environment)
    check(recording == "False\n", "a kernel without the variable records, too")


def dockerfile(block, folder, shell):
    """Its instructions are known, and the programs of RUN and CMD exist in the venv; nothing is built."""
    found = {}
    for line in block.text.splitlines():
        word, _, rest = line.partition(" ")
        check(word in INSTRUCTIONS and rest, "not an instruction that is known:", line)
        found[word] = rest
    check(found["FROM"] == "python:3.12-slim" and found["ENV"] == "AWRY_DEBUG=1", found)
    for words in shlex.split(found["RUN"]), json.loads(found["CMD"]):
        program = f"{WORK}/tools/bin/pip" if words[0] == "pip" else f"{os.path.dirname(ENV)}/{words[0]}"
        check(os.path.exists(program) or not os.path.exists(f"{os.path.dirname(ENV)}/uvicorn"), words[0], "is not installed")
    wheels = [word for word in shlex.split(found["RUN"]) if word.endswith(".whl")]
    check([os.path.basename(word) for word in wheels] == [os.path.basename(found["COPY"].split()[0])], found)


def shell_lines(block, folder, shell):
    """Commands that start containers are not run; what they run of awry has a subcommand and options that exist."""
    for line in block.text.splitlines():
        check(re.match(STARTS_CONTAINERS, line), "not run, and not a container's:", line)
        words = shlex.split(line)
        if "awry" in words and words[0] != "docker" or "awry" in words[3:]:
            inner = words[len(words) - words[::-1].index("awry"):]
            known = re.findall(r"(?:^|\s)(--?[a-zA-Z-]+)", shell.run(f"awry {inner[0]} --help")[0])
            check(known, "awry", inner[0], "is not a command")
            check(all(word in known for word in inner if word.startswith("-")), inner, known)


def unit(block, folder, shell):
    """systemd-analyze accepts it, with a program that exists here instead of the venv's."""
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(block.text)
    check(block.text.count("Environment=") == 2 and parser["Service"]["RuntimeDirectory"] == "shop", block.text)
    if shutil.which("systemd-analyze") is None:
        print("   not tested: systemd-analyze is not installed")
        return
    text = re.sub(r"^(ExecStart=)\S+", r"\1/bin/true", block.text, flags=re.MULTILINE)
    for content, accepted in (text, True), (text.replace("RuntimeDirectory=", "RuntimeDirectoryX="), False):
        with open(f"{folder}/{block.name}", "w", encoding="utf-8") as file:
            file.write(content)
        done = subprocess.run(["systemd-analyze", "verify", "--man=no", f"{folder}/{block.name}"], capture_output=True, text=True)
        about = [line for line in (done.stdout + done.stderr).splitlines() if block.name in line]
        check((done.returncode == 0 and not about) == accepted, "systemd-analyze:", done.returncode, about)


def pod(block, folder, shell):
    """Its parts fit each other; and what it relies on is so: a box in a shared folder is read from another PID and mount namespace."""
    spec = yaml.safe_load(block.text)["spec"]
    [volume] = spec["volumes"]
    check(volume["emptyDir"]["medium"] == "Memory" and len(spec["containers"]) == 2, spec)
    for container in spec["containers"]:
        check(container["volumeMounts"] == [{"name": volume["name"], "mountPath": "/dev/shm"}], container)
    check("runAsUser" in spec["securityContext"] and spec["containers"][0]["env"] == [{"name": "AWRY_DEBUG", "value": "1"}], spec)
    own = ["unshare", "--pid", "--mount", "--fork", "--mount-proc", "--kill-child"]
    if subprocess.run([*own, "true"], capture_output=True).returncode != 0:
        print("   not tested: a box in another namespace; needs the right to make namespaces")
        return
    environment = {**shell.environment, "AWRY_STDERR": "none", "AWRY_HELD_S": "1"}
    with open(f"{folder}/app.py", "w", encoding="utf-8") as file:
        file.write(CONTAINER)
    application = subprocess.Popen([*own, ENV, f"{folder}/app.py"], env={**environment, "AWRY_DEBUG": "1"})

    def sidecar(*words):
        return subprocess.run([*own, AWRY, *words], env=environment, capture_output=True, text=True, timeout=60)

    try:
        end = time.monotonic() + 30
        while "held-error" not in sidecar("report", "1").stdout:
            check(time.monotonic() < end, "the sidecar sees:", sidecar("ps"), sidecar("report", "1"))
            time.sleep(0.2)
        check(re.search(r"^1 +alive ", sidecar("ps").stdout, re.MULTILINE), sidecar("ps"))
        check("main at" in sidecar("tree", "1").stdout, sidecar("tree", "1"))
    finally:
        application.kill()
        application.wait()
    end = time.monotonic() + 30
    while not re.search(r"^1 +gone ", sidecar("ps").stdout, re.MULTILINE):
        check(time.monotonic() < end, "after its end the sidecar sees:", sidecar("ps"))
        time.sleep(0.2)
    done = sidecar("recover", "1", "-o", f"{folder}/crash.awry")
    check(done.returncode == 0 and os.path.getsize(f"{folder}/crash.awry") > 0, done)


CONTAINER = '''
import asyncio

async def charge():
    raise ConnectionError("the bank did not answer")

async def main():
    task = asyncio.create_task(charge())
    await asyncio.sleep(3600)

asyncio.run(main())
'''


def every_section_is_true():
    for section in documents.read(PAGE):
        if not section.blocks or (NEEDS[section.title] and not install(*NEEDS[section.title])):
            continue
        port = free_port()
        for block in section.blocks:
            block.text = block.text.replace("8000", port)
        with World(AWRY) as world:
            notebook = Notebook(section)
            kinds = {"ipython": notebook.cell, "text": notebook.output, "json": kernel_of_its_own, "dockerfile": dockerfile, "sh": shell_lines,
                     "ini": unit, "yaml": pod}
            documents.Runner(venvs.environment(world.environment, ENV), kinds).run(section, AWRY_BLOCKED_MS="60000", HOME=WORK)
        print("  ", section.title, flush=True)


def what_is_said_of_pytest_is_true():
    if not install(*IN_TESTS):
        return
    for document in f"{PROJECT}/README.md", f"{PROJECT}/docs/python.md":
        files = {block.name: block.text for section in documents.read(f"{PROJECT}/README.md") for block in section.blocks if block.name.endswith("app.py")}
        with World(AWRY) as world:
            runner = documents.Runner(venvs.environment(world.environment, ENV), {}, r"^pip |build-wheel")
            for section in documents.read(document):
                if section.title not in ELSEWHERE:
                    runner.run(section, files, AWRY_BLOCKED_MS="60000")
            check(not [command for command in runner.skipped if "pytest" in command], runner.skipped)


try:
    venv.create(f"{WORK}/tools", with_pip=True)
    ENV = venvs.create(f"{WORK}/env", PYTHON, BUILD)
    main(every_section_is_true, what_is_said_of_pytest_is_true)
except Failure as failure:
    sys.exit(f"FAILED {failure}")
finally:
    shutil.rmtree(WORK, ignore_errors=True)
