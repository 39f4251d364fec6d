#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The paths that reports tell to those who know the repository: from its root, wherever awry was started.

    sourcing.py AWRY EXAMPLES_FOLDER SOURCED SOURCE_FOLDER

SOURCED was compiled as if in a folder `build` beside `src`: its paths begin with ../src.
"""
import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, EXAMPLES, SOURCED, SOURCES = map(os.path.abspath, sys.argv[1:5])
LOST = os.path.join(EXAMPLES, "lost_error")


def tree(world, git="folder"):
    """A repository with src/sourced.c and build."""
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
    """What each format says of the one finding's file; and SARIF's root."""
    formats = ("sarif", "github", "junit", "html")
    wanted = [f"--report={name}={world.path(name)}" for name in formats]
    done = subprocess.run([AWRY, "run", "--force", *options, *wanted, "--", program], cwd=folder, capture_output=True,
                          text=True, env=world.environment, timeout=60)
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
            os.unlink(os.path.join(root, "src", "sourced.c"))  # nothing is there: as seen from here
            expect(world, "src/sourced.c", root, os.path.join(root, "build"), SOURCED)
            expect(world, "build/src/sourced.c", root, os.path.join(root, "build", "deep"), SOURCED)


def paths_begin_where_one_says():
    with World(AWRY) as world:
        root = tree(world)
        src, build = os.path.join(root, "src"), os.path.join(root, "build")
        expect(world, "sourced.c", src, build, SOURCED, "--source-root", src)
        expect(world, "sourced.c", src, build, SOURCED, "--source-root=../src")
        # whole paths: below the root, and outside of it
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
                                  text=True, env=world.environment, timeout=60)
            check(done.returncode == 2 and f"--source-root: {wrong}: " in done.stderr, done)


def without_a_repository_they_begin_here():
    with World(AWRY) as world:
        root = tree(world, None)
        build = os.path.join(root, "build")
        expect(world, os.path.join(root, "src/sourced.c"), build, build, SOURCED)
        expect(world, "examples/lost_error.c", SOURCES, SOURCES, LOST)


main(paths_begin_at_the_repository, paths_begin_where_one_says, without_a_repository_they_begin_here)
