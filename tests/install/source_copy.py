# SPDX-License-Identifier: MIT
"""For tests that build the project as a user does: a copy of the tree, without build products."""
import os
import shutil

from outside_call import call


def copy_of_the_tree(project, work):
    """Copy the files that git tracks; without git (an unpacked source), all but build products."""
    copy = os.path.join(work, "awry-source")
    if os.path.exists(os.path.join(project, ".git")):
        names = call("git", "-c", "safe.directory=*", "-C", project, "ls-files", "-z", "--cached", "--others",
                     "--exclude-standard").stdout.split("\0")
        for name in filter(None, names):
            if os.path.lexists(os.path.join(project, name)):
                os.makedirs(os.path.dirname(os.path.join(copy, name)), exist_ok=True)
                shutil.copy2(os.path.join(project, name), os.path.join(copy, name), follow_symlinks=False)
    else:
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("build"))
    return copy


def install_commands(project):
    """The README's section on installing: its command lines, and the CMake statements in its text."""
    with open(os.path.join(project, "README.md")) as file:
        section = file.read().split("\n## Install it\n")[1].split("\n## ")[0]
    lines = [line for line in section.split("\n") if line]
    return [line.split("  #")[0].strip() for line in lines if line.startswith("    ")], section, len(lines)
