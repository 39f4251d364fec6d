# SPDX-License-Identifier: MIT
"""What wheel.py checks of the pytest plugin, in a venv that has the wheel, pytest and its plugins (wheel.py's Venv)."""
import os
import re
import sys
from xml.etree import ElementTree

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import check  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
PACKAGES = ("pytest>=8,<10", "pytest-asyncio>=1,<2", "anyio>=4,<5", "pytest-xdist>=3,<4", "pytest-aiohttp>=1,<2")
LOSES = '''
import asyncio, pytest

async def fails(message):
    raise ValueError(message)

def lose(*messages):
    async def main():
        for message in messages:
            asyncio.create_task(fails(message))
        await asyncio.sleep(0.01)
    asyncio.run(main())

'''
# counts how often the plugin runs the program
COUNTS = '''
import awry
calls, run = [], awry._run
awry._run = lambda *arguments, **named: calls.append(arguments[0]) or run(*arguments, **named)

def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"reports: {calls.count('report')}")
'''
ENTRY = "[allow]\nkind = never-retrieved\nmessage = {}\nreason = known\nexpires = {}\n"


class Folder:
    """Tests in a folder of their own, with an ini file."""

    def __init__(self, env, name):
        self.env, self.path = env, env.world.path(name)
        os.mkdir(self.path)
        self.write("pytest.ini", "[pytest]\n")

    def write(self, name, text):
        with open(f"{self.path}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def pytest(self, *options):
        program = "import os, sys; os.chdir(sys.argv.pop(1)); import pytest; sys.exit(pytest.main())"
        return self.env.run(self.env.python, "-c", program, self.path, "-p", "no:cacheprovider", "-q", "--show-capture=no", *options)

    def passes(self, *options):
        done = self.pytest(*options)
        check(done.returncode == 0, options, done.stdout, done.stderr)
        return done

    def refuses(self, line, *options):
        """One line says what is wrong."""
        done = self.pytest(*options)
        errors = [one for one in done.stderr.splitlines() if one.startswith("ERROR: ")]
        check(done.returncode == 4 and len(errors) == 1 and line in errors[0], options, "expected", line, "in", done.stdout, done.stderr)
        check("Traceback" not in done.stderr + done.stdout and "INTERNALERROR" not in done.stdout, done)


def planted(env, folder, *options):
    """The planted tests: {name: (whether it failed, the findings that its report names)}, and the finished process."""
    junit = env.world.path("junit.xml")
    done = env.run(env.python, "-m", "pytest", "-p", "no:cacheprovider", "-q", f"--junitxml={junit}", "-o", "awry_blocked_ms=300",
                   *options, f"{HERE}/{folder}", AWRY_DEADLOCK_MS="500")
    check(os.path.exists(junit), done)
    results = {}
    for case in ElementTree.parse(junit).iter("testcase"):
        failed, kinds = results.setdefault(case.get("name"), ([], set()))
        failed.extend(part.tag for part in case if part.tag in ("failure", "error"))
        kinds.update(part.get("value").split(":")[0] for part in case.iter("property") if part.get("name") == "awry")
    check(len(results) >= {"planted": 36, "planted_auto": 19}[folder], len(results), done.stdout[-3000:], done.stderr)
    return results, done


def each_has_its_finding(env, folder, *options):
    results, done = planted(env, folder, "--awry", *options)
    for name, (failed, kinds) in results.items():
        wanted = name.removeprefix("test_").replace("_", "-")
        if name.split("[")[0].endswith("_ok"):
            check(not failed and not kinds, options, name, failed, kinds, done.stdout[-6000:])
        else:
            check(failed and len(kinds) == 1 and wanted.startswith(next(iter(kinds))), options, name, failed, kinds, done.stdout[-6000:])
    check(done.returncode == 1 and "of no test" not in done.stdout, options, done.returncode, done.stdout[-3000:])
    check("created at:" in done.stdout and "test_never_retrieved_task at" in done.stdout, options, done.stdout)
    if folder == "planted":
        check("\nopened at:\n  test_unclosed_handle_transport at" in done.stdout and "\nblocked at:\n" in done.stdout, options, done.stdout)
        check(re.search(r"\n(made|dropped) at:\n  test_never_awaited_coroutine at", done.stdout), options, done.stdout)
    check("awry: " not in done.stderr and "exception was never retrieved" not in done.stderr, "printed, too:", done.stderr)


def finds_what_is_planted(env):
    for options in (), ("-n", "2", "--dist", "loadfile"):
        each_has_its_finding(env, "planted", *options)
        each_has_its_finding(env, "planted_auto", "-o", "asyncio_mode=auto", *options)
    for options, warns in (["--awry=warn"], True), ([], False), (["-p", "no:awry"], False):
        results, done = planted(env, "planted", *options)
        failed = [name for name, (parts, _) in results.items() if parts]
        check(failed == ["test_never_retrieved_in_anyio"], options, failed, done.stdout[-3000:])  # by anyio itself
        check(("AwryWarning" in done.stdout) == warns, options, done.stdout[-3000:])


def prints_nothing_itself(env):
    """Captured or not: pytest's report has the finding, once."""
    folder = Folder(env, "prints")
    folder.write("test_loses.py", LOSES + "def test_a():\n    lose('it')\n")
    for options in (), ("-s",), ("--capture=sys",):
        done = folder.pytest("--awry", *options)
        text = done.stdout + done.stderr
        check("1 failed" in done.stdout and text.count("awry: 1 finding") == 1 + text.count("FAILED test_loses.py::test_a - Failed: awry: 1 finding"), done)
        check("recording" not in text and "source_traceback" not in text and "created it at" not in text, done)


def pytest_does_not_warn(env):
    """The package is imported before pytest, which warns of modules whose assertions it cannot rewrite; warnings may be errors."""
    folder = Folder(env, "warns")
    folder.write("pytest.ini", "[pytest]\nfilterwarnings = error\nasyncio_default_fixture_loop_scope = function\n")  # else pytest-asyncio warns
    folder.write("test_one.py", "def test_a():\n    pass\n")
    program = "import os, sys; os.chdir(sys.argv.pop(1)); import awry, pytest; sys.exit(pytest.main())"
    for options in (), ("--awry",):
        done = env.run(env.python, "-c", program, folder.path, "-p", "no:cacheprovider", "-q", *options, AWRY_DEBUG="1", AWRY_STDERR="none")
        check(done.returncode == 0 and "1 passed in" in done.stdout and "Warning" not in done.stdout + done.stderr, options, done)


def many_of_one_kind(env):
    """Not all are kept one by one; all count, and later tests do not ask for them again."""
    folder = Folder(env, "many")
    folder.write("conftest.py", COUNTS)
    folder.write("test_many.py", LOSES + "def test_many():\n    lose(*map(str, range(20000)))\n\n"
                 "@pytest.mark.parametrize('number', range(20))\ndef test_ok(number):\n    asyncio.run(asyncio.sleep(0))\n")
    done = folder.pytest("--awry")
    check("1 failed, 20 passed" in done.stdout, done.stdout[-3000:])
    check(" more, which are only counted: " in done.stdout or "and " in done.stdout, done.stdout[-3000:])
    check(len(done.stdout) < 100_000, len(done.stdout))
    reports = int(done.stdout.rsplit("reports: ", 1)[1].split()[0])
    check(1 <= reports <= 2, "the program ran", reports, "times")


def allows_what_its_file_allows(env):
    folder = Folder(env, "allow")
    folder.write("test_loses.py", LOSES + "def test_both():\n    lose('known', 'new')\n\ndef test_known():\n    lose('known')\n")
    folder.write("allow", ENTRY.format("known", "9999-12-31"))
    folder.write("all", ENTRY.format("*", "9999-12-31"))
    folder.write("pytest.ini", "[pytest]\nawry_allow_file = allow\n")
    for options in (), ("-n", "2"):
        done = folder.pytest("--awry", *options)
        check("1 failed, 1 passed" in done.stdout, done.stdout, done.stderr)
        check("ValueError: new" in done.stdout and "ValueError: known" not in done.stdout, done.stdout)
        folder.passes("--awry", "--awry-allow-file=all", *options)  # instead of that of the ini file
    folder.write("old", ENTRY.format("*", "2001-01-01"))
    for options in (), ("-n", "2"):
        done = folder.pytest("--awry", "--awry-allow-file=old", *options)
        check("2 failed" in done.stdout, done.stdout)
        check(done.stdout.count("old:1: this entry was allowed until 2001-01-01: known") == 1, done.stdout, done.stderr)
    folder.write("broken", "[allow]\nkind = never-retrieved\n")
    for options in (), ("-n", "2"):
        folder.refuses("--awry-allow-file: ", "--awry", "--awry-allow-file=missing", *options)
        folder.refuses("/broken:1: ", "--awry", "--awry-allow-file=broken", *options)
    folder.passes("--awry-allow-file=missing")  # nothing is asked of it


def refuses_what_it_does_not_know(env):
    folder = Folder(env, "options")
    folder.write("test_marks.py", "import pytest\n\n@pytest.mark.awry(allow=['never-awaited'], blocked_ms=200.5)\ndef test_a():\n    pass\n")
    folder.passes("--awry")
    folder.passes("--awry=fail")
    folder.refuses("invalid --awry=bogus; expected --awry (or --awry=fail), or --awry=warn", "--awry=bogus")
    folder.refuses("awry_kinds, awry_allow: unknown kind 'lost'", "--awry", "-o", "awry_kinds=lost")
    folder.refuses("awry_kinds, awry_allow: unknown kind 'lost'", "--awry", "-o", "awry_allow=lost", "-n", "2")
    for value in "soon", "nan", "inf", "99", "-1", "":
        folder.refuses(f"invalid awry_blocked_ms '{value}'; expected milliseconds, 100 or more", "--awry", "-o", f"awry_blocked_ms={value}")
    for mark, line in (("allow='never-awaited'", "expected a list of kinds"), ("allow=['lost']", "unknown kind 'lost'"), ("7", "expected awry(allow="),
                       ("blocked_ms='1'", "expected a number"), ("alow=[]", "expected awry(allow=")):
        folder.write("test_marks.py", f"import pytest\n\n@pytest.mark.awry({mark})\ndef test_a():\n    pass\n")
        folder.refuses(line, "--awry")
        folder.passes()
    done = folder.pytest("-p", "no:awry", "--awry")
    check(done.returncode == 4 and "unrecognized arguments: --awry" in done.stderr, done.stderr)


CHECKS = (finds_what_is_planted, prints_nothing_itself, pytest_does_not_warn, many_of_one_kind, allows_what_its_file_allows, refuses_what_it_does_not_know)
