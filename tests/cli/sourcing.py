#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Paths in reports are relative to the repository's root, wherever awry was started.

    sourcing.py AWRY EXAMPLES_FOLDER SOURCED SOURCE_FOLDER MAKE_HOSTILE

SOURCED was compiled as if in a folder `build` beside `src`: its paths begin with ../src.
"""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, SOURCED, SOURCES, MAKE = map(os.path.abspath, sys.argv[1:6])
LOST = os.path.join(EXAMPLES, "lost_error")


def tree(world, git="folder"):
    """Create a repository with src/sourced.c and build."""
    root = os.path.realpath(world.path("tree"))
    for folder in ("src", "build"):
        os.makedirs(os.path.join(root, folder))
    open(os.path.join(root, "src", "sourced.c"), "w").close()
    if git == "folder":
        os.mkdir(os.path.join(root, ".git"))
    elif git == "file":
        with open(os.path.join(root, ".git"), "w") as file:
            file.write("gitdir: /elsewhere\n")
    return root


def run(world, folder, program, *options):
    """Check the finding's file name in each format, and SARIF's root."""
    formats = ("sarif", "github", "junit", "html")
    wanted = [f"--report={name}={world.path(name)}" for name in formats]
    done = subprocess.run([AWRY, "run", "--force", *options, *wanted, "--", program], cwd=folder, capture_output=True,
                          text=True, env=world.environment, timeout=300)
    check(done.returncode == 0, done.stderr)
    texts = {}
    for name in formats:
        with open(world.path(name), encoding="utf-8") as file:
            texts[name] = file.read()
    [sarif] = json.loads(texts["sarif"])["runs"]
    [result] = sarif["results"]
    artifact = result["locations"][0]["physicalLocation"]["artifactLocation"]
    check(("uriBaseId" in artifact) != artifact["uri"].startswith("file://"), artifact)
    said = {"sarif": artifact["uri"].removeprefix("file://"),
            "github": re.search(r"^::error file=([^,]*),line=\d+", texts["github"], re.MULTILINE)[1],
            "junit": re.search(r'<testcase [^>]* file="([^"]*)"', texts["junit"])[1],
            "html": re.search(r'class="where mono">([^<]*):\d+<', texts["html"])[1]}
    return said, sarif["originalUriBaseIds"]["SRCROOT"]["uri"]


def expect(world, wanted, root, folder, program, *options):
    said, base = run(world, folder, program, *options)
    check(set(said.values()) == {wanted}, folder, program, options, "said", said, "and not", wanted)
    check(base == f"file://{root}/", folder, options, "SRCROOT is", base, "and not", root)


def paths_begin_at_the_repository():
    for git in ("folder", "file"):
        with World(AWRY) as world:
            root = tree(world, git)
            os.mkdir(os.path.join(root, "build", "deep"))
            for folder in ("build", "build/deep", "src", ""):
                expect(world, "src/sourced.c", root, os.path.join(root, folder).rstrip("/"), SOURCED)
            os.unlink(os.path.join(root, "src", "sourced.c"))  # without the file, the path is relative to the current folder
            expect(world, "src/sourced.c", root, os.path.join(root, "build"), SOURCED)
            expect(world, "build/src/sourced.c", root, os.path.join(root, "build", "deep"), SOURCED)


def paths_begin_where_one_says():
    with World(AWRY) as world:
        root = tree(world)
        src, build = os.path.join(root, "src"), os.path.join(root, "build")
        expect(world, "sourced.c", src, build, SOURCED, "--source-root", src)
        expect(world, "sourced.c", src, build, SOURCED, "--source-root=../src")
        # absolute paths: below the root, and outside
        expect(world, "examples/lost_error.c", SOURCES, build, LOST, "--source-root", SOURCES)
        expect(world, os.path.join(SOURCES, "examples/lost_error.c"), root, build, LOST)
        link = world.path("link")
        os.symlink(SOURCES, link)
        expect(world, "examples/lost_error.c", SOURCES, build, LOST, "--source-root", link)
        trace = world.path("x.awry")
        world.call(LOST, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=trace)
        check("file=lost_error.c," in world.good("report", trace, "--format", "github", "--source-root",
                                                 os.path.join(SOURCES, "examples")), "report")
        for wrong in ("nothing", "src/sourced.c"):
            done = subprocess.run([AWRY, "run", "--source-root", wrong, "--", LOST], cwd=root, capture_output=True,
                                  text=True, env=world.environment, timeout=300)
            check(done.returncode == 2 and f"--source-root: {wrong}: " in done.stderr, done)


def without_a_repository_they_begin_here():
    with World(AWRY) as world:
        root = tree(world, None)
        build = os.path.join(root, "build")
        expect(world, os.path.join(root, "src/sourced.c"), build, build, SOURCED)
        expect(world, "examples/lost_error.c", SOURCES, SOURCES, LOST)


SECRET = "PASSWORD = open_sesame"
QUOTING = [("report", "--format", name) for name in ("text", "html", "junit")] + [("errors",), ("attach",)]


def quotes(world, folder, named, *options):
    """The commands that quote line 1 of the file that the recording names, which contains a secret."""
    trace = world.path("quotes.awry")
    subprocess.run([MAKE, "quotes", trace, named], check=True)
    found = set()
    for command in QUOTING:
        done = subprocess.run([AWRY, command[0], *command[1:], *options, trace], cwd=folder, capture_output=True, text=True,
                              env=world.environment, timeout=300)
        check(done.returncode == 0 and "quoted" in done.stdout, command, done.stderr)
        if "open_sesame" in done.stdout:
            found.add(command)
    return found


def lines_are_quoted_only_below_the_root():
    with World(AWRY) as world:
        root, home = tree(world), os.path.realpath(world.path("home"))
        build = os.path.join(root, "build")
        os.mkdir(home)
        outside, inside = os.path.join(home, "settings.py"), os.path.join(root, "src", "settings.py")
        for path in (outside, inside):
            with open(path, "w") as file:
                file.write(SECRET + "\n")
        os.symlink(outside, os.path.join(root, "link.py"))
        for named in (outside, f"{root}/../home/settings.py", "../../home/settings.py", os.path.join(root, "link.py"),
                      "../link.py", f"/proc/self/root{outside}"):
            check(quotes(world, build, named) == set(), named, "is quoted by", quotes(world, build, named))
        for named in (inside, "../src/settings.py"):
            check(quotes(world, build, named) == set(QUOTING), named, "is quoted by", quotes(world, build, named))
            check(quotes(world, build, named, "--no-source") == set(), named, "is quoted all the same")
            check(quotes(world, build, named, "--source-root", build) == set(), named, "is above the root that was chosen")
        check(quotes(world, build, outside, "--source-root", home) == set(QUOTING), "the root that was chosen is not used")
        check(quotes(world, "/", outside) == set(), "all that there is is below /")
        check(quotes(world, "/", outside, "--source-root", "/") == set(QUOTING), "it was asked for")
        os.rmdir(os.path.join(root, ".git"))
        check(quotes(world, build, inside) == set(), "without a repository the root is the current folder")


def lines_that_debug_information_names_are_quoted():
    with World(AWRY) as world:
        trace, program = world.path("x.awry"), shutil.copy(LOST, world.path("program"))
        environment = dict(world.environment, LD_LIBRARY_PATH=os.path.join(os.path.dirname(EXAMPLES), "agent"))
        def look(*options):
            return subprocess.run([AWRY, "report", *options, trace], cwd=world.files, capture_output=True, text=True,
                                  env=world.environment, timeout=300)
        subprocess.run([program], env=dict(environment, AWRY_DEBUG="1", AWRY_STDERR="none", AWRY_TRACE=trace), check=True)
        line = 'return aw_raise(aw_Exception, "not consumed");'
        check(line in look().stdout, "what the program was made of is not shown:", look())
        check(line not in look("--no-source").stdout, "--no-source")
        shutil.copy(os.path.join(EXAMPLES, "never_awaited"), program)
        done = look("--source-root", SOURCES)
        check("is not the file that ran" in done.stderr and line not in done.stdout, "another program's:", done)


main(lines_are_quoted_only_below_the_root, lines_that_debug_information_names_are_quoted,
     paths_begin_at_the_repository, paths_begin_where_one_says, without_a_repository_they_begin_here)
