#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Wrong command lines: their messages contain no terminal control characters, and file names work as documented.

    usage.py AWRY EXAMPLES_FOLDER
"""
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES = map(os.path.abspath, sys.argv[1:3])
LOST = os.path.join(EXAMPLES, "lost_error")
COMMANDS = ("run", "attach", "ps", "tree", "errors", "report", "diff", "record", "recover", "export", "query", "index", "stats", "doctor",
            "help", "nonsense")
EVIL = "x\033[31m\nawry: forged \u202e\u0085"
RAW = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def arguments():
    for option in ("--unknown", "--at", "--fail-on", "--fail-on=any,", "--filter", "--format", "--report", "--allow",
                   "--source-root", "--slower", "--since", "--until", "--endpoint", "--output", "--json", "-f", "-z", "-o"):
        if option in ("-f", "-z", "-o"):
            yield [option + EVIL]
        else:
            yield [f"{option}{'' if option.endswith(',') else '='}{EVIL}"]
    yield [f'--filter=state:"{EVIL}"']
    yield [f'--filter=run>"{EVIL}"']
    yield [f'--filter=name~"({EVIL}"']
    yield [EVIL]
    yield ["1", EVIL]
    yield ["1", "-o", f"/nowhere/{EVIL}", "--format", "json"]
    yield ["--", EVIL]


def no_escape_comes_back():
    with World(AWRY) as world:
        world.environment["HOME"] = world.files
        for command in COMMANDS:
            for words in arguments():
                done = world.run_awry(command, *words)
                said = done.stdout + done.stderr
                check(not RAW.search(said), command, words, "said", repr(said))
                check("\nawry: forged" not in said, command, words, "forged a line:", repr(said))
                check(done.returncode in (1, 2, 127), command, words, "exited with", done.returncode, said)
                check(said, command, words, "said nothing")


def an_unknown_option_is_named():
    with World(AWRY) as world:
        done = world.run_awry("report", "--\033[31mx")
        check(done.stderr == "awry report: unrecognized option '--\\x1b[31mx'\n"
              "Try `awry report --help' or `awry report --usage' for more information.\n", done.stderr)
        done = world.run_awry("report", "--\u202ex", LC_ALL="C")
        check(done.stderr.splitlines()[0] == "awry report: unrecognized option '--\\u202ex'", done.stderr)


def carets_are_below_the_mistake():
    with World(AWRY) as world:
        for command in (["report", "--fail-on"], ["diff", "--fail-on"]):
            lines = world.run_awry(*command, "any,\033b\n,any").stderr.splitlines()
            check(lines[1:3] == ["  any,\\x1bb\\n,any", "      ^^^^^^^"], lines)
            lines = world.run_awry(*command, "any,ééé,x").stderr.splitlines()
            check(lines[1:3] == ["  any,ééé,x", "      ^^^"], lines)
            lines = world.run_awry(*command, "any,ééé,x", LC_ALL="C").stderr.splitlines()
            check(lines[1:3] == ["  any,\\u00e9\\u00e9\\u00e9,x", "      " + 18 * "^"], lines)
        for locale, shown in (("C.UTF-8", "éé"), ("C", "\\u00e9\\u00e9")):
            lines = world.run_awry("tree", "--filter", "name:éé bogus:1", "x", LC_ALL=locale).stderr.splitlines()
            check(lines[1:3] == [f"  name:{shown} bogus:1", f"  {(len(shown) + 6) * ' '}^"], lines)


def an_invalid_time_is_explained():
    with World(AWRY) as world:
        for text in ("x", "5", "#", "#x", "", "-1s"):
            done = world.run_awry("report", "--at", text, "run.awry")
            check(done.returncode == 2 and f"--at: invalid time '{text}'; expected" in done.stderr
                  and "1.5s" in done.stderr and "#1000" in done.stderr, done.stderr)
        trace = world.path("run.awry")
        world.run_awry("run", "-o", trace, "--", LOST)
        for option in ("--since", "--until"):
            done = world.run_awry("export", option, "x", "--format", "json", "-o", "-", trace)
            check(f"awry export: {option}: invalid time 'x'; expected" in done.stderr, done.stderr)


def an_empty_file_name_is_refused():
    with World(AWRY) as world:
        for words in (["report", "-o", "", "x"], ["record", "-o", "", "x"], ["recover", "-o", "", "x"],
                      ["export", "-o", "", "--format", "json", "x"], ["run", "-o", "", "--", "true"],
                      ["run", "--report", "json=", "--", "true"]):
            done = world.run_awry(*words)
            check(done.returncode == 2 and ": the file name is empty\n" in done.stderr, words, done.stderr)


def a_dash_is_standard_output_or_refused():
    with World(AWRY) as world:
        trace = world.path("run.awry")
        world.good("run", "-o", trace, "--", LOST)
        os.chdir(world.files)
        done = world.run_awry("run", "-o", "-", "--", LOST)
        check(done.returncode == 2 and "'-' is not allowed" in done.stderr and "./-" in done.stderr, done.stderr)
        done = world.run_awry("run", "--report", "json=-", "--", LOST)
        check(done.returncode == 0 and '"finding_count": 1' in done.stdout, done)
        for words in (["report", trace], ["export", trace, "--format", "json"]):
            check("never-retrieved" in world.good(*words, "-o", "-"), words)
        killed = world.start(os.path.join(EXAMPLES, "market_feed"), "-m", "200", "-l", "3600", AWRY_STDERR="none")
        killed.stdout.readline()
        world.crash(killed)
        done = world.run_awry("recover", str(killed.pid), "-o", "-")
        check(done.returncode == 0 and done.stdout.startswith("\udc91awry"), done.returncode, done.stderr)
        done = world.call(LOST, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE="-")
        check("AWRY_TRACE='-' is ignored: " in done.stderr and "./-" in done.stderr, done.stderr)
        check(not os.path.exists("-"), "there is a file of the name -")
        world.good("run", "-o", "./-", "--", LOST)
        check(os.path.exists("-"), "there is no file of the name -")
        os.chdir("/")


def a_relative_runtime_folder_is_one_line():
    with World(AWRY) as world:
        for folder in ("relative", "/" + 200 * "x"):
            done = world.call(LOST, AWRY_DEBUG="1", AWRY_RUNTIME_DIR=folder)
            check(done.returncode == 0 and len(done.stderr.splitlines()) == 1, done)
            check(done.stderr.startswith("awry: nothing is recorded: "), done.stderr)
            done = world.run_awry("ps", AWRY_RUNTIME_DIR=folder)
            check(done.returncode == 1 and len(done.stderr.splitlines()) == 1, done)


main(
    no_escape_comes_back,
    an_unknown_option_is_named,
    carets_are_below_the_mistake,
    an_invalid_time_is_explained,
    an_empty_file_name_is_refused,
    a_dash_is_standard_output_or_refused,
    a_relative_runtime_folder_is_one_line,
)
