#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Build the Debian packages from the files that git tracks, check them with lintian, and run their programs.

    debian.py PROJECT_FOLDER
"""
import glob
import os
import subprocess
import sys
import tempfile

from source_copy import copy_of_the_tree, install_commands

PROJECT = sys.argv[1]
# the maintainer's address is not real, and no bug report has requested the package
SUPPRESSED = "bogus-mail-host,bogus-mail-host-in-debian-changelog,initial-upload-closes-no-bugs"
EXPECTED = {"awry": ("/usr/bin/awry", "/usr/share/man/man1/awry.1.gz"),
            "awry-python3": ("awry-python-3.11.so", "/dist-packages/awry.pth", "/dist-packages/awry/__main__.py", "/dist-packages/_awry/agent.abi3.so"),
            "libawry0": ("libawry.so.0", "libawry-agent.so.0"),
            "libawry-tls0": ("libawry-tls.so.0",),
            "libawry-dev": ("/usr/include/awry.h", "/usr/share/man/man3/aw_gather.3.gz", "awryConfig.cmake", "awry.pc", "awry-tls.pc")}


def call(*command, **options):
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode != 0:
        sys.exit(f"{command} exited with {done.returncode}\n{(done.stdout + done.stderr)[-5000:]}")
    return done.stdout


def the_same_dependencies():
    """The source package depends on all build packages of scripts/install-dependencies."""
    with open(os.path.join(PROJECT, "scripts", "install-dependencies")) as file:
        script = file.read().split("# the build\n")[1].split("#")[0].split()
    with open(os.path.join(PROJECT, "debian", "control")) as file:
        control = file.read().split("Build-Depends:")[1].split("Standards-Version")[0]
    asked = {part.split()[0] for part in control.split(",")}
    missing = set(script) - asked - {"gcc", "g++"}  # those are essential for any build
    if missing:
        sys.exit(f"debian/control does not ask for {', '.join(sorted(missing))}")


def the_packages(work):
    return {name: os.path.join(work, file) for file in os.listdir(work) for name in EXPECTED
            if file.startswith(name + "_") and file.endswith(".deb")}


def the_symbols(packages):
    """Packages that link a library depend on the version with the symbols that they use, by debian/*.symbols."""
    for name in "libawry0", "libawry-tls0":
        symbols = call("dpkg-deb", "--info", packages[name], "symbols")
        if "(symver)AWRY_0.1 0.1.0" not in symbols and "@AWRY_0.1 0.1.0" not in symbols:
            sys.exit(f"{name} does not say since when its symbols are there:\n{symbols}")


def would_be_installed(command, source):
    """The README's command finds the packages; apt-get simulates the installation."""
    program, verb, *patterns = command.split()
    files = [file for pattern in patterns for file in glob.glob(os.path.join(source, pattern))]
    plan = call(program, verb, "--simulate", "--no-download", *files)
    missing = [name for name in EXPECTED if f"Inst {name} " not in plan]
    if missing:
        sys.exit(f"{command} would not install {', '.join(missing)}:\n{plan}")


def use(packages, root):
    for path in packages.values():
        call("dpkg", "-x", path, root)
    [library] = [folder for folder, _, names in os.walk(root) if "libawry.so.0" in names]
    program = os.path.join(root, "app")
    environment = {**os.environ, "LD_LIBRARY_PATH": library, "AWRY_RUNTIME_DIR": os.path.join(root, "boxes")}
    call("cc", os.path.join(PROJECT, "tests", "install", "outside", "app.c"), "-o", program,
         "-I" + os.path.join(root, "usr/include"), "-L" + library, "-lawry")
    done = subprocess.run([os.path.join(root, "usr/bin/awry"), "run", "--fail-on", "never-retrieved", "--", program],
                          capture_output=True, text=True, env=environment, timeout=300)
    if done.returncode != 66 or "never retrieved" not in done.stderr:
        sys.exit(f"awry run exited with {done.returncode}\n{done.stdout}{done.stderr}")


def use_python(root):
    """As if its folder were the system's: awry.pth begins recording, and python -m awry is the program."""
    packages = os.path.join(root, "usr/lib/python3/dist-packages")
    [library] = [folder for folder, _, names in os.walk(root) if "libawry-agent.so.0" in names]
    app = os.path.join(root, "app.py")
    with open(app, "w") as file:
        file.write("import asyncio\nasync def fail():\n    1 / 0\nasync def main():\n    asyncio.create_task(fail())\n"
                   "    await asyncio.sleep(0.01)\nasyncio.run(main())\n")
    environment = {**os.environ, "LD_LIBRARY_PATH": library, "AWRY_RUNTIME_DIR": os.path.join(root, "boxes")}
    script = "import runpy, site, sys; site.addsitedir(sys.argv[1]); runpy.run_path(sys.argv[2], run_name='__main__')"
    done = subprocess.run(["/usr/bin/python3", "-c", script, packages, app], capture_output=True, text=True,
                          env={**environment, "AWRY_DEBUG": "1"}, timeout=300)
    if done.returncode != 0 or "source_traceback: Object created at" not in done.stderr:
        sys.exit(f"AWRY_DEBUG=1 python3 exited with {done.returncode}\n{done.stdout}{done.stderr}")
    done = subprocess.run(["/usr/bin/python3", "-m", "awry", "run", "--fail-on", "never-retrieved", app], capture_output=True, text=True,
                          env={**environment, "PYTHONPATH": packages}, timeout=300)
    if done.returncode != 66 or "main at " not in done.stderr:
        sys.exit(f"python3 -m awry run exited with {done.returncode}\n{done.stdout}{done.stderr}")


def main():
    the_same_dependencies()
    with tempfile.TemporaryDirectory() as work:
        source = copy_of_the_tree(PROJECT, work)
        build, install = install_commands(PROJECT)[0][2].split(" && ")
        call(*build.split(), "-j2", cwd=source)
        packages = the_packages(work)
        if sorted(packages) != sorted(EXPECTED):
            sys.exit(f"the packages are {sorted(packages)}")
        for name, parts in EXPECTED.items():
            listing = call("dpkg-deb", "--contents", packages[name])
            for part in parts:
                if part not in listing:
                    sys.exit(f"{part} is not in {name}:\n{listing}")
        the_symbols(packages)
        call("lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags", SUPPRESSED,
             *packages.values())
        would_be_installed(install, source)
        use(packages, os.path.join(work, "root"))
        use_python(os.path.join(work, "root"))


main()
