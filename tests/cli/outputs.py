#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Output files of awry and of a debugged program: they do not replace files that may have another purpose.

    outputs.py AWRY EXAMPLES_FOLDER
"""
import os
import signal
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = map(os.path.abspath, sys.argv[1:3])
LOST = os.path.join(EXAMPLES, "lost_error")
PREAMBLE = b"\x91awry\r\n\x1a"
SOURCE = b"int main(void) { return 0; }\n"
ZSTD = b"\x28\xb5\x2f\xfd"


def write(world, name, data):
    path = world.path(name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def trace(world, path, **variables):
    """Run a debugged program with a trace at this path; returns its stderr."""
    done = world.call(LOST, **{"AWRY_DEBUG": "1", "AWRY_STDERR": "none", "AWRY_TRACE": path, **variables})
    check(done.returncode == 0, "the program exited with", done.returncode, done.stderr)
    return done.stderr


def small(world, name="small.awry"):
    check(trace(world, world.path(name)) == "", "a new file is refused")
    return world.path(name)


def a_trace_replaces_recordings_alone():
    with World(AWRY) as world:
        source = write(world, "main.c", SOURCE)
        said = trace(world, source)
        check(said == f"awry: AWRY_TRACE: {source}: exists and is not a recording; remove it or name another file\n", said)
        check(read(source) == SOURCE, "a source file was overwritten")
        short = write(world, "short", b"\x91aw")
        check("is not a recording" in trace(world, short) and read(short) == b"\x91aw", "a short file")
        for name, to in (("link", source), ("dangling", world.path("nothing"))):
            os.symlink(to, world.path(name))
            said = trace(world, world.path(name))
            check(f"{name}: is a symbolic link; name the file itself\n" in said and said.count("\n") == 1, said)
        check(read(source) == SOURCE and not os.path.exists(world.path("nothing")), "through a link")
        os.mkfifo(world.path("fifo"))
        check("fifo: not a regular file" in trace(world, world.path("fifo")), "a pipe")
        for name, data in (("empty", b""), ("recording", read(small(world)))):
            check(trace(world, write(world, name, data)) == "" and read(world.path(name))[:8] == PREAMBLE, name)


KERNELS = "is a file of the kernel (/proc, /sys); name another file"


def a_trace_is_not_written_to_a_file_of_the_kernel():
    with World(AWRY) as world:
        for path in "/proc/self/mem", "/proc/self/comm", "/sys/kernel/uevent_seqnum":
            check(trace(world, path) == f"awry: AWRY_TRACE: {path}: {KERNELS}\n", trace(world, path))
        for path in "/dev/null", "/dev/tty":
            check(trace(world, path) == f"awry: AWRY_TRACE: {path}: not a regular file\n", trace(world, path))


def commands_write_to_no_file_of_the_kernel():
    with World(AWRY) as world:
        recording = small(world)
        live = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-l", "3600", AWRY_STDERR="none")
        live.stdout.readline()
        for path in "/proc/self/mem", "/proc/self/comm":
            for command in (("report", recording, "-o"), ("export", recording, "--format", "json", "-o"),
                            ("export", recording, "--format", "sqlite", "-o"), ("record", str(live.pid), "-o"),
                            ("recover", str(live.pid), "-o")):
                refused(world, f"{path}: {KERNELS}", *command, path)
                refused(world, f"{path}: {KERNELS}", *command, path, "--force")
            refused(world, f"{path}: {KERNELS}", "run", "-o", path, "--force", "--", LOST)
            refused(world, f"{path}: {KERNELS}", "run", "--report", f"sarif={path}", "--", LOST)


def a_trace_leaves_compressed_recordings():
    with World(AWRY) as world:
        packed = write(world, "x.awry.zst", ZSTD + b"whatever it is")
        check(trace(world, packed) == "" and read(packed) == ZSTD + b"whatever it is", "it was replaced")
        [own] = [name for name in os.listdir(world.files) if name.startswith("x.awry.zst.")]
        check(read(world.path(own))[:8] == PREAMBLE, "there is no recording")


def a_trace_of_another_user_is_refused():
    if os.geteuid() != 0:
        print("# not root: no other user to be")
        return
    with World(AWRY) as world:
        path = small(world)
        before = read(path)
        os.chown(path, 65534, 65534)
        check("belongs to user 65534; name another file" in trace(world, path) and read(path) == before, "it was replaced")


def a_trace_without_debug_mode_is_reported():
    with World(AWRY) as world:
        path = world.path("x.awry")
        said = trace(world, path, AWRY_DEBUG="")
        check(said == "awry: AWRY_TRACE is ignored: nothing is recorded without AWRY_DEBUG=1\n", said)
        check(trace(world, path, AWRY_DEBUG="0") == "", "debug mode was turned off on purpose")
        check(not os.path.exists(path), "it is recorded all the same")


def values_do_not_reach_the_terminal_raw():
    with World(AWRY) as world:
        raw = "\x1b]0;owned\x07\u202e"
        for variables in ({"AWRY_DETAIL": raw}, {f"AWRY_{raw}": "1"}, {"AWRY_TRACE": f"/nowhere/{raw}"}):
            done = world.call(LOST, **{"AWRY_DEBUG": "1", "AWRY_STDERR": "none", **variables})
            check(done.returncode == 0 and "\\x1b]0;owned\\a\\u202e" in done.stderr, variables, done.stderr)
            check(not set(raw) & set("\x1b\x07\u202e") & set(done.stderr), variables, repr(done.stderr))


def refused(world, why, *arguments):
    done = world.run_awry(*arguments)
    check(done.returncode == 1 and why in done.stderr and done.stderr.count("\n") == 1, arguments, "said", done.stderr,
          "and exited with", done.returncode)


def commands_replace_what_they_may():
    with World(AWRY) as world:
        recording, source, link = small(world), write(world, "main.c", SOURCE), world.path("link")
        os.symlink(source, link)
        live = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-l", "3600", AWRY_STDERR="none")
        live.stdout.readline()
        reports = (("report", recording, "-o"), ("report", recording, "--format", "html", "-o"),
                   ("export", recording, "--format", "json", "-o"), ("export", recording, "--format", "sqlite", "-o"))
        traces = (("record", str(live.pid), "-o"), ("recover", str(live.pid), "-o"))
        for command in reports + traces + (("run", "-o"),):
            rest = ("--", LOST) if command[0] == "run" else ()
            refused(world, "main.c: exists", *command, source, *rest)
            refused(world, "link: is a symbolic link", *command, link, *rest)
            refused(world, "link: is a symbolic link", *command, link, "--force", *rest)
            refused(world, ": not a regular file", *command, world.files, "--force", *rest)
        refused(world, "main.c: exists", "run", "--report", f"sarif={source}", "--", LOST)
        refused(world, "not a regular file", "run", "-o", "/dev/null", "--", LOST)
        check(read(source) == SOURCE, "a source file was overwritten")
        other = small(world, "other.awry")
        for command in reports:
            refused(world, "other.awry: exists; --force replaces it", *command, other)
        check(read(other)[:8] == PREAMBLE, "an export replaced a recording")
        for command in reports + (traces[1],):
            world.good(*command, write(world, "empty", b""))
            world.good(*command, write(world, "text", SOURCE), "--force")
            check(read(world.path("text"))[:8] != SOURCE[:8] and read(world.path("empty")) != b"", command)
        world.good(*traces[1], other)
        for path in (other, write(world, "text", SOURCE)):
            check(world.run_awry("run", "--force", "-o", path, "--", LOST).stderr.count("finding") > 0, "run")
            check(world.json("report", path)["process"]["program"].endswith("lost_error"), path, "was not replaced")


def a_report_does_not_replace_what_the_command_made():
    with World(AWRY) as world:
        path = world.path("results.xml")
        done = world.run_awry("run", "--report", f"junit={path}", "--", "sh", "-c", f"echo mine >{path}")
        check(done.returncode == 1 and "results.xml: exists; --force replaces it" in done.stderr, done.stderr)
        check(read(path) == b"mine\n", "it was replaced")
        beside = done.stderr.split("; the report is in ")[1].strip()
        check(beside.startswith(path + ".") and b"<testsuites" in read(beside), "the report is gone")


def a_recording_stays_beside_what_was_made_meanwhile():
    with World(AWRY) as world:
        live = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-l", "3600", AWRY_STDERR="none")
        path = world.path("x")
        live.stdout.readline()
        record = subprocess.Popen([AWRY, "record", str(live.pid), "-o", path], env=world.environment, stderr=subprocess.PIPE,
                                  text=True)
        world.processes.append(record)
        part = f"{path}.{record.pid}.part"
        world.wait_for("the recording", lambda: os.path.exists(part) and os.path.getsize(part) > 8)
        write(world, "x", SOURCE)
        record.send_signal(signal.SIGINT)
        _, said = record.communicate(timeout=300)
        check(record.returncode == 1 and said.endswith(f"x: exists and is not a recording; --force replaces it; what was written "
                                                       f"is in {part}\n"), record.returncode, said)
        check(read(path) == SOURCE and read(part)[:8] == PREAMBLE, "one of them is gone")


def streams_are_written():
    with World(AWRY) as world:
        recording = small(world)
        whole = world.good("export", recording, "--format", "json", "-o", "-")
        check(whole.count("\n") > 10, whole)
        os.mkfifo(world.path("fifo"))
        for command, wanted in ((("export", recording, "--format", "json", "-o"), whole),
                                (("report", recording, "-o"), world.good("report", recording))):
            line = " ".join((AWRY, *command))
            for way in (f"{line} /dev/stdout", f"{line} /dev/fd/1", f"{line} >(cat)", f"{line} /dev/stdout >{world.path('o')}; "
                        f"cat {world.path('o')}", f"cat {world.path('fifo')} & {line} {world.path('fifo')}; wait"):
                done = world.call("bash", "-c", f"set -o pipefail; {{ {way}; }} | cat")
                check(done.returncode == 0 and done.stdout == wanted, way, "exited with", done.returncode, done.stderr,
                      done.stdout[:300])
            world.good(*command, "/dev/null")
        check([name for name in os.listdir(world.files) if ".part" in name] == [], "something is left behind")


def a_pipe_that_nobody_reads_ends_it_quietly():
    with World(AWRY) as world:
        recording = world.path("long.awry")
        world.call(os.path.join(EXAMPLES, "market_feed"), "-m", "3000", "-l", "1", AWRY_DEBUG="1", AWRY_STDERR="none",
                   AWRY_DETAIL="steps", AWRY_TRACE=recording)
        for arguments in (("export", recording, "--format", "json", "-o", "-"), ("errors", recording, "--json")):
            for ignored in (False, True):
                process = subprocess.Popen([AWRY, *arguments], env=world.environment, stdout=subprocess.PIPE,
                                           stderr=subprocess.PIPE, preexec_fn=ignore(signal.SIGPIPE) if ignored else None)
                process.stdout.read(1)
                process.stdout.close()
                said = process.stderr.read()
                process.stderr.close()
                status = process.wait(timeout=300)
                check(said == b"" and (ignored or status == -signal.SIGPIPE), arguments, ignored, status, said)


def ignore(*signals):
    return lambda: [signal.signal(number, signal.SIG_IGN) for number in signals]


def a_command_gets_the_signals_that_awry_got():
    script = "grep SigIgn /proc/$$/status; exit"
    with World(AWRY) as world:
        for signals, mask in (((), 0), ((signal.SIGINT, signal.SIGPIPE), 0x1002), ((signal.SIGQUIT,), 4)):
            done = subprocess.run([AWRY, "run", "--", "sh", "-c", script], env=world.environment, capture_output=True,
                                  text=True, timeout=300, preexec_fn=ignore(*signals))
            got = int(done.stdout.split()[1], 16) & 0x1006
            check(got == mask, signals, "became", hex(got), done)


main(a_trace_replaces_recordings_alone, a_trace_is_not_written_to_a_file_of_the_kernel,
     commands_write_to_no_file_of_the_kernel, a_trace_leaves_compressed_recordings, a_trace_of_another_user_is_refused,
     a_trace_without_debug_mode_is_reported, values_do_not_reach_the_terminal_raw, commands_replace_what_they_may,
     a_report_does_not_replace_what_the_command_made, a_recording_stays_beside_what_was_made_meanwhile,
     streams_are_written, a_pipe_that_nobody_reads_ends_it_quietly, a_command_gets_the_signals_that_awry_got)
