#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""awry doctor says what is in place and what is not: each check is seen both ways.

    doctor.py AWRY EXAMPLES_FOLDER

As root the machine is changed in mount namespaces (a small or read-only /dev/shm, no /proc, a control group); other users skip these.
"""
import json
import os
import pty
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import venv

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = map(os.path.abspath, sys.argv[1:3])
BUILD = os.path.normpath(os.path.join(os.path.dirname(AWRY), "..", ".."))
PROJECT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
PYTHON = "/usr/bin/python3"
ALWAYS = ["awry", "recorder", "adapters", "symbols", "kernel", "system-calls", "seccomp", "ptrace", "proc", "folder", "memory", "limits",
          "variables", "trial", "recordings"]
OF_COMMAND = ["command", "runtime"]
OF_PYTHON = ["python", "package"]
HAS_PYTHON = os.path.exists(f"{BUILD}/agent/python/awry-python-3.11.so")
CALLS = {  # of the filter, by machine
    "x86_64": dict(ptrace=101, madvise=28, renameat2=316, flock=73, socket=41, close_range=436, unshare=272, pidfd_getfd=438, process_vm_readv=310),
    "aarch64": dict(ptrace=117, madvise=233, renameat2=276, flock=32, socket=198, close_range=436, unshare=97, pidfd_getfd=438,
                    process_vm_readv=270),
}.get(os.uname().machine)


def can_mount():
    if os.geteuid() != 0:
        return False
    try:
        return subprocess.run(["unshare", "-m", "--propagation", "private", "true"], capture_output=True).returncode == 0
    except OSError:
        return False


MOUNTS = can_mount()
with open(AWRY, "rb") as program:
    PROGRAM = program.read()
THREAD_SANITIZED = b"__tsan_init" in PROGRAM
SANITIZED = b"__asan_init" in PROGRAM or THREAD_SANITIZED


def skip(why):
    print("# skipped:", why)


def read(done):
    """The checks of a --json run by name; its counts and its exit status agree with them."""
    check(done.returncode in (0, 1) and not done.stderr, "exited with", done.returncode, done.stderr)
    document = json.loads(done.stdout)
    statuses = [one["status"] for one in document["checks"]]
    for count, status in (("problems", "missing"), ("warnings", "warning"), ("unknown", "unknown")):
        check(document[count] == statuses.count(status), document)
    check(done.returncode == (document["problems"] > 0), "exit", done.returncode, document)
    return {one["name"]: one for one in document["checks"]}


def doctor(world, *command, **variables):
    return read(world.run_awry("doctor", "--json", *(["--", *command] if command else []), **variables))


def is_so(found, name, status, *texts, mend=None):
    """A check has this status, and its words contain the texts; one of its mends contains `mend`."""
    one = found[name]
    said = " ".join([one["fact"], *(remark["text"] for remark in one["remarks"])])
    check(one["status"] == status, name, "is not", status, one)
    for text in texts:
        check(text in said, name, "does not say", repr(text), one)
    if mend is not None:
        check(any(mend in remark["mend"] for remark in one["remarks"]), name, "is not mended by", repr(mend), one)


def mounted(world, script, *command, **variables):
    """Run doctor in a mount namespace, after a script for sh."""
    words = [AWRY, "doctor", "--json", *(["--", *command] if command else [])]
    return read(world.call("unshare", "-m", "--propagation", "private", "sh", "-ec", script + '\nexec "$@"', "sh", *words, **variables))


# ---- this machine ----

def a_machine_with_everything():
    with World(AWRY) as world:
        before = os.listdir(world.boxes)
        found = doctor(world)
        check(list(found) == ALWAYS, list(found))
        for name in ("awry", "recorder", "symbols", "proc", "folder", "variables", "trial", "recordings"):
            is_so(found, name, "ok")
        with open("/proc/self/status", encoding="utf-8") as file:
            filtered = "Seccomp:\t0" not in file.read()
        if filtered:
            skip("ok of system-calls, seccomp and ptrace: this test runs under a filter")
        else:
            is_so(found, "system-calls", "ok", "7 of 7 work")
            is_so(found, "seccomp", "ok", "no filter")
            is_so(found, "ptrace", "ok")
        if os.uname().machine == "x86_64":
            is_so(found, "kernel", "ok", os.uname().release, "x86_64")
        if HAS_PYTHON:
            is_so(found, "adapters", "ok", "CPython 3.11")
        else:
            is_so(found, "adapters", "warning")
        check(os.listdir(world.boxes) == before, "it left files in the folder of boxes")
        check(found["recorder"]["fact"] == os.path.realpath(f"{BUILD}/agent/libawry-agent.so.0"), found["recorder"])


def the_text_has_a_line_for_each_check():
    with World(AWRY) as world:
        done = world.run_awry("doctor")
        lines = done.stdout.splitlines()
        heads = [line.split()[:2] for line in lines[:-2] if not line.startswith(" ")]
        found = doctor(world)
        check(heads == [[one["status"], name] for name, one in found.items()], lines)
        check(lines[-1] == "everything is in place" or "problem" in lines[-1] or "warning" in lines[-1], lines[-1])
        done = world.run_awry("doctor", AWRY_BLOCKED_MS="x", AWRY_RUNTIME_DIR="relative", AWRY_NONE="1")
        check(done.returncode == 1 and "1 problem, " in done.stdout.splitlines()[-1], done.stdout)
        check("to mend: unset AWRY_BLOCKED_MS\n" in done.stdout, done.stdout)
        check(all(len(line) <= 130 for line in done.stdout.splitlines()), done.stdout)


def in_terminal(world, **variables):
    primary, secondary = pty.openpty()
    process = subprocess.Popen([AWRY, "doctor", "--no-pager"], stdin=subprocess.DEVNULL, stdout=secondary, stderr=secondary,
                               env={**world.environment, "TERM": "xterm", **variables})
    os.close(secondary)
    text = b""
    try:
        while True:
            piece = os.read(primary, 65536)
            if not piece:
                break
            text += piece
    except OSError:
        pass
    os.close(primary)
    process.wait()
    return text.decode()


def colours_are_for_terminals():
    with World(AWRY) as world:
        world.environment.pop("NO_COLOR", None)
        check("\033[32mok" in in_terminal(world), "no colours on a terminal")
        check("\033" not in in_terminal(world, NO_COLOR="1"), "NO_COLOR is ignored")
        check("\033" not in world.run_awry("doctor").stdout, "colours in a pipe")


def json_follows_its_schema():
    try:
        import jsonschema
    except ImportError:
        skip("there is no jsonschema: only the members are compared")
        jsonschema = None
    with open(f"{PROJECT}/docs/schema/doctor-1.json", encoding="utf-8") as file:
        schema = json.load(file)
    names = schema["$defs"]["check"]["properties"]["name"]["enum"]
    check(names == ALWAYS + OF_COMMAND + OF_PYTHON, "other checks than in the schema", names)
    with World(AWRY) as world:
        for command in ([], [PYTHON, "app.py"], ["\033[31m\udcff"]):
            done = world.run_awry("doctor", "--json", *(["--", *command] if command else []), AWRY_DEBUG="\033\u202e")
            check("\\u202e" in done.stdout and "\033" not in done.stdout and "\u202e" not in done.stdout, done.stdout)
            document = json.loads(done.stdout)
            check(set(document) == set(schema["required"]), list(document))
            check(document["command"] == ([word.replace("\udcff", "\ufffd") for word in command] or None), document["command"])
            if jsonschema:
                jsonschema.Draft202012Validator(schema).validate(document)


# ---- what the kernel forbids ----

FILTER = '''
import ctypes, os, struct, sys
answer, numbers, command = int(sys.argv[1]), sys.argv[2].split(","), sys.argv[3:]
code = [(0x20, 0, 0, 0)]
for number in numbers:
    code += [(0x15, 0, 1, int(number)), (6, 0, 0, answer)]
code.append((6, 0, 0, 0x7fff0000))
text = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *one) for one in code))
program = struct.pack("HxxxxxxQ", len(code), ctypes.addressof(text))
libc = ctypes.CDLL(None, use_errno=True)
if libc.prctl(38, 1, 0, 0, 0) != 0 or libc.prctl(22, 2, program, 0, 0) != 0:
    sys.exit(f"no filter: {os.strerror(ctypes.get_errno())}")
os.execv(command[0], command)
'''
ERRNO, KILL = 0x00050000, 0x80000000
EPERM = 1


def filtered(world, names, answer=ERRNO | EPERM):
    numbers = ",".join(str(CALLS[name]) for name in names)
    return read(world.call(sys.executable, "-c", FILTER, str(answer), numbers, AWRY, "doctor", "--json",
                           ASAN_OPTIONS="detect_leaks=0"))  # which would need ptrace


def calls_that_a_filter_forbids():
    if CALLS is None:
        skip("the numbers of system calls are not known here")
        return
    with World(AWRY) as world:
        found = filtered(world, ["ptrace"])
        is_so(found, "ptrace", "warning", "PTRACE_SEIZE: Operation not permitted", "no stack of C code", mend="SYS_PTRACE")
        is_so(found, "seccomp", "ok", "1 filter")
        for names, status, lost in ((["madvise"], "missing", "nothing is recorded"), (["renameat2"], "missing", "nothing is recorded"),
                                    (["flock"], "warning", "looks like a stale one"), (["socket"], "warning", "no viewer can connect"),
                                    (["close_range", "unshare"], "warning", "numbered from 500"), (["pidfd_getfd"], "ok", "a copy of the program's stderr"),
                                    (["process_vm_readv"], "ok", "/proc/self/mem")):
            if names == ["madvise"] and THREAD_SANITIZED:
                skip("ThreadSanitizer ends a program whose madvise() fails")
                continue
            found = filtered(world, names)
            is_so(found, "system-calls", status, "6 of 7 work", f"{names[0]}", "Operation not permitted", lost, mend="seccomp")
            is_so(found, "trial", "missing" if status == "missing" else "ok")
        if not THREAD_SANITIZED:
            is_so(filtered(world, ["madvise"]), "trial", "missing", "a seccomp filter must allow it")


def calls_that_end_the_program():
    if CALLS is None or SANITIZED:
        skip("the numbers of system calls are not known here, or a sanitizer makes them, too")
        return
    with World(AWRY) as world:
        found = filtered(world, ["madvise", "ptrace"], KILL)
        is_so(found, "system-calls", "missing", "madvise: killed by SIGSYS", mend="Under seccomp")
        is_so(found, "trial", "missing", "killed by SIGSYS")
        is_so(found, "ptrace", "missing", "killed by SIGSYS")
        check(not os.listdir(world.boxes), "the trial's folder is left", os.listdir(world.boxes))


# ---- memory and folders ----

def a_container():
    """A changed root with 64 MiB of /dev/shm and without /proc."""
    if not MOUNTS or SANITIZED:
        skip("only root may mount, and a sanitizer needs /proc")
        return
    with World(AWRY) as world:
        root = world.path("root")
        os.mkdir(root)
        world.environment.pop("AWRY_RUNTIME_DIR")
        world.environment.pop("XDG_RUNTIME_DIR", None)
        done = world.call("unshare", "-m", "--propagation", "private", "sh", "-ec",
                          f'mount --bind / {root}; mount -t tmpfs -o size=64m,mode=1777 awry-test {root}/dev/shm; mount -t tmpfs none {root}/proc\n'
                          f'exec chroot {root} "$@"', "sh", AWRY, "doctor", "--json", "--", PYTHON, "app.py")
        found = read(done)
        is_so(found, "memory", "warning", "/dev/shm; 64.0 MiB of 64.0 MiB free; room for 0 full", mend="docker run --shm-size=512m")
        is_so(found, "proc", "warning", "not mounted", mend="mount -t proc proc /proc")
        is_so(found, "folder", "ok", f"/dev/shm/awry-{os.getuid()}", "not there yet")
        is_so(found, "trial", "ok")
        is_so(found, "awry", "ok", AWRY)
        if HAS_PYTHON:
            is_so(found, "python", "ok", "CPython 3.")


def sizes_of_the_file_system():
    if not MOUNTS:
        skip("only root may mount")
        return
    with World(AWRY) as world:
        def tmpfs(size, **variables):
            return mounted(world, f"mount -t tmpfs -o size={size},mode=700 awry-test {world.boxes}", **variables)

        is_so(tmpfs("600m"), "memory", "ok", "room for 2 full black boxes of 256.0 MiB")
        is_so(tmpfs("64m"), "memory", "warning", mend=f"remount,size=512m '{world.boxes}'")
        is_so(tmpfs("64m", AWRY_MEMORY_BYTES="16MiB"), "memory", "ok", "room for 4 full black boxes of 16.0 MiB")
        found = tmpfs("8k")
        is_so(found, "memory", "warning")
        is_so(found, "trial", "missing", "nothing is recorded", "no room for a black box")
        full = mounted(world, f"mount -t tmpfs -o size=64k,mode=700 awry-test {world.boxes}; head -c 64k /dev/zero > {world.boxes}/full || true")
        is_so(full, "memory", "missing", "no room for a black box")
        disk = mounted(world, f"mount --bind {world.files} {world.boxes}; chmod 700 {world.boxes}")
        if subprocess.run(["stat", "-f", "-c", "%T", world.files], capture_output=True, text=True).stdout.strip() != "tmpfs":
            is_so(disk, "memory", "warning", "is not on a tmpfs", mend="AWRY_RUNTIME_DIR")


def folders_that_cannot_be_used():
    with World(AWRY) as world:
        os.chmod(world.boxes, 0o755)
        found = doctor(world)
        is_so(found, "folder", "missing", "mode 755", mend=f"chmod 700 '{world.boxes}'")
        is_so(found, "trial", "unknown", "mode 755")
        os.chmod(world.boxes, 0o700)
        is_so(doctor(world), "folder", "ok", "only user")
        found = doctor(world, AWRY_RUNTIME_DIR="relative")
        is_so(found, "folder", "missing", "must be an absolute path", mend="export AWRY_RUNTIME_DIR=")
        for name in ("memory", "trial", "recordings"):
            is_so(found, name, "unknown", "must be an absolute path")
        longest = tempfile.mkdtemp(prefix="awry-test-" + 30 * "x", dir="/dev/shm")  # 57 bytes, of which 60 are allowed
        try:
            found = doctor(world, AWRY_RUNTIME_DIR=longest)
            left = os.listdir(longest)
            is_so(found, "folder", "ok", longest)
        finally:
            shutil.rmtree(longest)
        is_so(doctor(world, AWRY_RUNTIME_DIR=longest), "folder", "ok", longest, "not there yet")
        is_so(found, "trial", "unknown", "not tried", "has at most")
        check(not left, left)
        found = doctor(world, AWRY_RUNTIME_DIR="/nowhere/below")
        is_so(found, "folder", "missing", "cannot be made: /nowhere: No such file", mend="export AWRY_RUNTIME_DIR=")
        if not MOUNTS:
            skip("only root may mount")
            return
        found = mounted(world, f"mount -t tmpfs -o ro,mode=700 awry-test {world.boxes}")
        is_so(found, "folder", "missing", "Read-only file system", mend=f"mount -o remount,rw '{world.boxes}'")
        is_so(found, "trial", "unknown", "Read-only file system")


def limits_of_a_shell():
    with World(AWRY) as world:
        is_so(doctor(world), "limits", "ok")
        for option, limit, needs in (("-f", 20000, "256.0 MiB needs 256.0 MiB"), ("-v", 400000, "256.0 MiB needs 448.0 MiB")):
            words = ["sh", "-c", f'ulimit {option} {limit}; exec "$@"', "sh", AWRY, "doctor", "--json"]
            if option == "-v" and SANITIZED:
                skip("a sanitizer needs more address space")
                continue
            found = read(world.call(*words))
            is_so(found, "limits", "missing", f"ulimit {option} is", needs, mend=f"ulimit {option} unlimited")
            is_so(found, "trial", "missing", f"(ulimit {option})")
            is_so(read(world.call(*words, AWRY_MEMORY_BYTES="4MiB")), "limits", "ok")


def limits_of_a_control_group():
    if not MOUNTS:
        skip("only root may mount")
        return
    with World(AWRY) as world:
        def group(path, limit, lines):
            with open(world.path("group"), "w", encoding="utf-8") as file:
                file.write(lines)
            return mounted(world, f"mount --bind {world.path('group')} /proc/$$/cgroup; mount -t tmpfs none /sys/fs/cgroup; "
                           f"mkdir -p /sys/fs/cgroup/{os.path.dirname(path)}; echo {limit} > /sys/fs/cgroup/{path}")

        v2 = "0::/a/b\n"
        v1 = "5:cpu:/z\n4:memory:/a/b\n0::/\n"
        for path, lines in (("memory.max", v2), ("a/memory.max", v2), ("a/b/memory.max", v2), ("memory/memory.limit_in_bytes", v1),
                            ("memory/a/b/memory.limit_in_bytes", v1)):
            found = group(path, 300 << 20, lines)
            is_so(found, "limits", "warning", "the control group has 300.0 MiB", mend="AWRY_MEMORY_BYTES=75MiB")
            is_so(group(path, 512 << 20, lines), "limits", "ok", "the control group has 512.0 MiB")
        for path, limit, lines in (("a/b/memory.max", "max", v2), ("c/memory.max", 1 << 20, v2),
                                   ("memory/a/b/memory.limit_in_bytes", 9223372036854771712, v1)):
            is_so(group(path, limit, lines), "limits", "ok", "no memory limit of a control group")


# ---- variables and recordings ----

def variables_that_are_not_read():
    with World(AWRY) as world:
        found = doctor(world, AWRY_DEBUG="yes", AWRY_TRASE="x", AWRY_MEMORY_BYTES="1k", AWRY_QQQQQQQQ="1", AWRY_PAGER="cat")
        is_so(found, "variables", "warning", "AWRY_DEBUG='yes' is ignored: 1 (on) or 0 (off) are allowed", "there is no variable AWRY_TRASE",
              "AWRY_MEMORY_BYTES='1k' is ignored: 4MiB to 64GiB", "no variable AWRY_QQQQQQQQ", mend="AWRY_TRACE, if that is meant")
        check(len(found["variables"]["remarks"]) == 4, found["variables"])
        is_so(doctor(world, AWRY_TRACE="x"), "variables", "warning", "nothing is recorded without AWRY_DEBUG=1")
        is_so(doctor(world, AWRY_DEBUG="1", AWRY_TRACE=world.path("trace")), "variables", "ok", "AWRY_DEBUG=1 records")
        check(not os.path.exists(world.path("trace")), "the trial has written a trace")
        is_so(doctor(world, AWRY_DEBUG="0"), "variables", "ok")


def recordings_of_several_kinds():
    with World(AWRY) as world:
        feed = os.path.join(EXAMPLES, "market_feed")
        processes = [world.start(feed, "-m", "0", "-l", "3600", AWRY_STDERR="none") for _ in range(2)]
        for process in processes:
            world.wait_for("its box", lambda: world.state(process) == "alive")
        is_so(doctor(world), "recordings", "ok", "2 of running processes")
        world.crash(processes[1])
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(os.path.join(world.boxes, f"run-{processes[1].pid}.sock"))
        found = doctor(world)
        is_so(found, "recordings", "ok", "1 of running processes", "1 of ended ones (", "1 socket of awry run that was killed")
        check(len(os.listdir(world.boxes)) == 5, "a check has removed files:", os.listdir(world.boxes))
        [name] = [name for name in os.listdir(world.boxes) if name.startswith(f"{processes[0].pid}-") and name.endswith(".box")]
        with open(os.path.join(world.boxes, name), "r+b") as box:
            box.seek(8)
            box.write(struct.pack("I", 1000))
        found = doctor(world)
        is_so(found, "recordings", "warning", f"{processes[0].pid} (running, version 1000)", mend="the awry of that version")
        # what the remark says: the box cannot be read, the socket can
        check(world.state(processes[0]) is None, "awry ps lists it")
        for command in ("tree", "report"):
            check("version 1000" in world.run_awry(command, str(processes[0].pid)).stderr, command, "can read it")
        done = subprocess.run(["timeout", "2", AWRY, "attach", str(processes[0].pid)], env=world.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True)
        check(done.returncode == 124 and "version" not in done.stderr, "awry attach cannot read the socket", done)


# ---- the installation ----

def copy_installation(world, name, *without):
    """A tree like the build's; returns its awry."""
    top = world.path(name)
    for path in ("viewer/cli/awry", "agent/libawry-agent.so.0", "symbols/awry-symbolize", "agent/python/awry-python.so"):
        if path in without or not os.path.exists(f"{BUILD}/{path}"):
            continue
        os.makedirs(os.path.dirname(f"{top}/{path}"), exist_ok=True)
        shutil.copy(os.path.realpath(f"{BUILD}/{path}"), f"{top}/{path}")
    return f"{top}/viewer/cli/awry"


def installations_that_are_not_complete():
    with World(AWRY) as world:
        def look(awry, **variables):
            return read(world.call(awry, "doctor", "--json", **variables))

        found = look(copy_installation(world, "without", "agent/libawry-agent.so.0", "symbols/awry-symbolize", "agent/python/awry-python.so"))
        is_so(found, "recorder", "warning", "not beside this program", mend="install awry again")
        is_so(found, "trial", "unknown", "there is no libawry-agent")
        is_so(found, "symbols", "warning", "is not installed", mend="install awry again")
        is_so(found, "adapters", "warning", "is not installed", mend="wheel")

        awry = copy_installation(world, "broken")
        top = world.path("broken")
        for path in ("agent/libawry-agent.so.0", "symbols/awry-symbolize"):
            with open(f"{top}/{path}", "w", encoding="utf-8") as file:
                file.write("broken")
        found = look(awry)
        is_so(found, "recorder", "missing", "it cannot be loaded", mend="install")
        is_so(found, "trial", "missing")
        is_so(found, "symbols", "warning", "it does not start", mend="install")

        awry = copy_installation(world, "newer")
        agent = world.path("newer/agent")
        os.rename(f"{agent}/libawry-agent.so.0", f"{agent}/libawry-agent.so.9.9.9")
        os.symlink("libawry-agent.so.9.9.9", f"{agent}/libawry-agent.so.0")
        is_so(look(awry), "recorder", "warning", "it is of version 9.9.9", mend="of one version")
        if not HAS_PYTHON:
            skip("there are no adapters here")
            return
        is_so(look(awry), "adapters", "warning", "none", mend="-DAWRY_PYTHON_INCLUDES=")
        for name in ("3.11", "3.12"):
            shutil.copy(f"{BUILD}/agent/python/awry-python-3.11.so", f"{agent}/python/awry-python-{name}.so")
        with open(f"{agent}/python/awry-python-3.12.so", "w", encoding="utf-8") as file:
            file.write("broken")
        is_so(look(awry), "adapters", "warning", "CPython 3.11, 3.12", "that for 3.12 cannot be loaded: ", mend="install")
        found = look(copy_installation(world, "a space"))
        is_so(found, "adapters", "warning", "cannot name a path with a space", mend="another folder")


# ---- commands ----

def write(world, name, text, mode=0o755):
    path = world.path(name)
    with open(path, "wb") as file:
        file.write(text.encode() if isinstance(text, str) else text)
    os.chmod(path, mode)
    return path


def static_program(extra=b"", machine=62):
    """A minimal ELF file without a dynamic linker."""
    header = b"\x7fELF\2\1\1" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    return header + struct.pack("<IIQQQQQQ", 1, 5, 0, 0x400000, 0x400000, 124, 124, 4096) + b"\xcc" * 4 + extra


def commands_of_each_kind():
    with World(AWRY) as world:
        found = doctor(world, os.path.join(EXAMPLES, "lost_error"))
        check(list(found) == ALWAYS + OF_COMMAND, list(found))
        is_so(found, "command", "ok", "linked dynamically")
        is_so(found, "runtime", "ok", "it is linked with awry")
        found = doctor(world, "sleep", "1")
        is_so(found, "command", "ok", "sleep; linked dynamically")
        is_so(found, "runtime", "warning", "not linked with awry", mend="-lawry")
        for command, what in ((["no-such-command"], "there is no such command in PATH"), (["/no/such/file"], "there is no such command")):
            found = doctor(world, *command)
            is_so(found, "command", "missing", what)
            is_so(found, "runtime", "unknown")
        is_so(doctor(world, write(world, "plain", "text", 0o644)), "command", "missing", "Permission denied", mend="chmod +x")
        touched = world.path("touched")
        script = write(world, "script", f"#!/bin/sh\ntouch {touched}\n")
        is_so(doctor(world, script), "command", "ok", "a script of /bin/sh")
        is_so(doctor(world, script), "runtime", "ok", "programs that it starts")
        is_so(doctor(world, "bash", "-c", "cd /; python3 app.py"), "runtime", "warning", "Python programs that it starts are not recorded",
              mend="awry run -- python3")
        check(not os.path.exists(touched), "the command was run")


def static_and_privileged_programs():
    own, other = (62, 183) if os.uname().machine == "x86_64" else (183, 62)
    with World(AWRY) as world:
        found = doctor(world, write(world, "static", static_program(machine=own)))
        is_so(found, "command", "missing", "linked statically", "loads neither", mend="archives")
        is_so(found, "runtime", "ok", "not linked with awry")
        found = doctor(world, write(world, "archive", static_program(b"awry: nothing is recorded: %s\0", own)))
        is_so(found, "command", "ok", "linked statically")
        is_so(found, "runtime", "ok", "linked with awry's archives")
        # the text lies across two portions of the search
        far = bytes((1 << 20) - 124 - 10) + b"awry: nothing is recorded: %s\0"
        is_so(doctor(world, write(world, "far", static_program(far, own))), "runtime", "ok", "linked with awry's archives")
        found = doctor(world, write(world, "uv", static_program(b"UV_THREADPOOL_SIZE\0", own)))
        is_so(found, "runtime", "ok", "libuv is linked statically", "there is no adapter for it", mend="aw_loop_from_uv()")
        found = doctor(world, write(world, "both", static_program(b"UV_THREADPOOL_SIZE\0awry: nothing is recorded: ", own)))
        is_so(found, "runtime", "ok", "libuv is linked statically", "must have the same version")
        if os.uname().machine in ("x86_64", "aarch64"):
            is_so(doctor(world, write(world, "foreign", static_program(machine=other))), "command", "missing", "another processor")
        musl = bytearray(static_program(b"/lib/ld-musl-x86_64.so.1\0", own))
        struct.pack_into("<IIQ", musl, 64, 3, 5, 124)  # PT_INTERP, with the text behind the program
        is_so(doctor(world, write(world, "musl", bytes(musl))), "command", "missing", "linked dynamically", "its C library is musl", mend="glibc")
        if os.geteuid() != 0:
            skip("only root may give a file away")
            return
        path = write(world, "privileged", b"")
        shutil.copy("/bin/sleep", path)
        os.chown(path, 65534, 65534)
        os.chmod(path, 0o4755)
        is_so(doctor(world, path), "command", "missing", "a set-user-ID program", mend="a copy")
        os.chmod(path, 0o2755)
        is_so(doctor(world, path), "command", "missing", "a set-group-ID program", mend="a copy")
        os.chmod(path, 0o755)
        is_so(doctor(world, path), "command", "ok")
        os.mkdir(world.path("bin"))
        path = write(world, "bin/python3", b"")
        shutil.copy(os.path.realpath(PYTHON), path)
        os.chown(path, 65534, 65534)
        os.chmod(path, 0o2755)
        is_so(doctor(world, write(world, "tool", f"#!{path}\n")), "python", "missing", "a set-group-ID program", mend="a copy")
        if shutil.which("setcap") and shutil.which("setpriv"):
            os.chown(path, 0, 0)
            os.chmod(path, 0o755)
            os.chmod(world.files, 0o755)
            given = world.call("setcap", "cap_net_bind_service=ep", path)
            if given.returncode != 0:
                skip(f"capabilities: {given.stderr.strip()}")
                return
            world.environment.pop("AWRY_RUNTIME_DIR")
            found = read(world.call("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", AWRY, "doctor", "--json", "--", path, "x",
                                    AWRY_RUNTIME_DIR=f"{world.boxes}/none"))
            is_so(found, "command", "missing", "its file has capabilities", mend="a copy")
        else:
            skip("capabilities: there is no setcap")


# ---- Python ----

def stand_in(world, name, implementation="cpython", version="3.11.2", free=0, debug=0, more="", end=True):
    lines = f"implementation {implementation}\nversion {version}\nfree {free}\ndebug {debug}\n{more}" + ("end 1" if end else "")
    return write(world, name, f"#!/bin/sh\n[ \"$1 $2 $3\" = \"-I -S -c\" ] || exit 9\ncat <<'E'\n{lines}\nE\n")


def is_running(pid):
    """A zombie does not count: nobody may wait for it here."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def interpreters_of_each_kind():
    if not HAS_PYTHON:
        skip("there are no adapters here")
        return
    with World(AWRY) as world:
        app = write(world, "app.py", "print()", 0o644)
        for command in ([PYTHON, "app.py"], ["env", "A=1", PYTHON, "app.py"], [write(world, "one", f"#!{PYTHON} -I\n")],
                        [write(world, "two", "#!/usr/bin/env -S A=1 python3 -I\n")]):
            found = doctor(world, *command, PATH="/usr/bin:/bin")
            check(list(found) == ALWAYS + OF_COMMAND + OF_PYTHON, list(found))
            is_so(found, "python", "ok", "python3; CPython 3.11.")
            is_so(found, "runtime", "ok", "preloaded by awry run")
        for command in ([app], ["-m", "module"], ["-mmodule"]):
            found = read(world.run_awry("doctor", "--json", f"--python={PYTHON}", "--", *command))
            is_so(found, "python", "ok", f"{PYTHON}; CPython 3.11.")
        cases = (
            ("python3.10", dict(version="3.10.13"), "there is no adapter for this version", "CPython 3.11 to 3.15"),
            ("python3.16", dict(version="3.16.0"), "there is no adapter for this version", "CPython 3.11 to 3.15"),
            ("python3.13t", dict(version="3.11.0", free=1), "a free-threaded build", "the ordinary build of CPython 3.11"),
            ("python3-dbg", dict(debug=1), "a debug build", "the ordinary build"),
            ("python3", dict(implementation="pypy"), "adapters for CPython only", "CPython 3.11 to 3.15"),
            ("python", dict(end=False), "does not answer as Python 3 does", "CPython 3.11 to 3.15"),
            ("python3.11", dict(version="\033[31m"), "does not answer as Python 3 does", "CPython 3.11 to 3.15"),
        )
        for name, answers, what, mend in cases:
            is_so(doctor(world, stand_in(world, name, **answers), "app.py"), "python", "missing", what, mend=mend)
        check("\033" not in world.run_awry("doctor", "--", world.path("python3.11"), "app.py").stdout, "an escape sequence was printed")
        is_so(doctor(world, write(world, "python3.12", "#!/bin/sh\necho no >&2\nexit 3\n"), "x"), "python", "missing", "it exited with 3: no")
        is_so(doctor(world, write(world, "python2", "#!/bin/sh\nkill -9 $$\n"), "x"), "python", "missing", "killed by SIGKILL")
        child = world.path("child")
        is_so(doctor(world, write(world, "python4", f"#!/bin/sh\nsleep 3600 &\necho $! > {child}\nwait\n"), "x"), "python", "missing",
              "not finished in time")
        with open(child, encoding="utf-8") as file:
            pid = file.read().strip()
        world.wait_for("the end of what it started", lambda: not is_running(pid))
        found = doctor(world, write(world, "three", "#!/no/python3\n"))
        is_so(found, "python", "missing", "is not found")
        is_so(found, "package", "unknown")
        found = doctor(world, stand_in(world, "python3.11", more="uvloop 1\n"), "x")
        is_so(found, "python", "ok", "uvloop is installed")


def an_installation_without_this_adapter():
    if not HAS_PYTHON:
        skip("there are no adapters here")
        return
    with World(AWRY) as world:
        awry = copy_installation(world, "copy")
        shutil.copy(f"{BUILD}/agent/python/awry-python-3.11.so", world.path("copy/agent/python/awry-python-3.14.so"))
        found = read(world.call(awry, "doctor", "--json", "--", PYTHON, "app.py"))
        is_so(found, "python", "missing", "those that are installed are for: 3.14", mend="-DAWRY_PYTHON_INCLUDES=")


def the_package_of_an_interpreter():
    if not HAS_PYTHON:
        skip("there are no adapters here")
        return
    with World(AWRY) as world:
        folder = world.path("venv")
        venv.EnvBuilder(symlinks=True, with_pip=False).create(folder)
        python = f"{folder}/bin/python3"
        found = doctor(world, python, "app.py")
        is_so(found, "package", "ok", "not installed in this interpreter")
        is_so(doctor(world, python, "app.py", AWRY_DEBUG="1"), "package", "warning", "does nothing in this interpreter", mend="pip install")
        version = subprocess.run([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True,
                                 check=True).stdout.strip()
        packages = f"{folder}/lib/python{version}/site-packages"
        ran = world.path("ran")
        with open(f"{packages}/awry.pth", "w", encoding="utf-8") as file:
            file.write(f"import os; open({ran!r}, 'w')\n")
        shutil.copytree(f"{PROJECT}/python/_awry", f"{packages}/_awry")
        is_so(doctor(world, python, "app.py", AWRY_DEBUG="1"), "package", "ok", f"in {packages}", "without awry run")
        script = write(world, "tool", f"#!{python}\n")
        is_so(doctor(world, script), "package", "ok", f"in {packages}")
        for words in (["-S", "app.py"], ["-BSm", "module"]):
            is_so(doctor(world, python, *words, AWRY_DEBUG="1"), "package", "warning", "with -S no .pth file is read", mend="awry run")
            is_so(doctor(world, python, *words), "package", "ok", "with -S")
        is_so(doctor(world, python, "-I", "app.py", AWRY_DEBUG="1"), "package", "ok", "without awry run")
        adapters = f"{packages}/_awry/bundle/lib/x/awry"
        os.makedirs(adapters)
        is_so(doctor(world, python, "app.py", AWRY_DEBUG="1"), "package", "warning", "this wheel has no adapter", mend="build-wheel")
        write(world, os.path.relpath(f"{adapters}/awry-python-{version}.so", world.files), "")
        is_so(doctor(world, python, "app.py", AWRY_DEBUG="1"), "package", "ok", "without awry run")
        check(not os.path.exists(ran), "a .pth file was run")


def bad_usage():
    with World(AWRY) as world:
        done = world.run_awry("doctor", "--python=/nowhere", "--", "app.py")
        check(done.returncode == 2 and "--python: cannot run '/nowhere'" in done.stderr, done)
        done = world.run_awry("doctor", "--nonsense")
        check(done.returncode == 2 and "unrecognized option" in done.stderr, done)


main(
    a_machine_with_everything,
    the_text_has_a_line_for_each_check,
    colours_are_for_terminals,
    json_follows_its_schema,
    calls_that_a_filter_forbids,
    calls_that_end_the_program,
    a_container,
    sizes_of_the_file_system,
    folders_that_cannot_be_used,
    limits_of_a_shell,
    limits_of_a_control_group,
    variables_that_are_not_read,
    recordings_of_several_kinds,
    installations_that_are_not_complete,
    commands_of_each_kind,
    static_and_privileged_programs,
    interpreters_of_each_kind,
    an_installation_without_this_adapter,
    the_package_of_an_interpreter,
    bad_usage,
)
