# SPDX-License-Identifier: MIT
"""The pytest plugin: with --awry, a test fails whose tasks go awry.

It records the process, and notes the next task id and the next finding number where each test begins and ends. So a finding belongs to
the test that created its task. One without a task (an open handle) belongs to the test whose function is in its stack, else to
the one during which it was found. What is found after its test has ended is reported as one more error of that test. A task outlives a
test only if the test's function, or a fixture of its own, is in the stacks that created the task: the handler of a connection, which a
shared server creates meanwhile, does not. A test that creates no task costs nothing but a few numbers; one that leaves no task behind
needs no collection of garbage.
"""
import asyncio
import bisect
import gc
import inspect
import json
import math
import os
import sys
import weakref

import pytest

import awry
from _awry import agent

EXPIRED = 66  # the program's exit status if an entry of the allow-list has expired
CREATED = "created at:"
MADE = (CREATED, "opened at:", "made at:", "dropped at:")
STANDARD_LIBRARY = os.path.dirname(os.__file__)
MOST_SHOWN = 20  # findings of a test, in its failure
MODES = {"--awry": "fail", "--awry=fail": "fail", "--awry=warn": "warn"}
KINDS = ("never-retrieved", "never-awaited", "destroyed-pending", "unhandled-error", "unclosed-handle", "blocked-loop", "deadlock")
OUTLIVES = "outlives-test"
MARKER = "awry(allow=[…], blocked_ms=…): kinds of findings that this test may have ('any': all); how long it may block its loop"


class AwryWarning(pytest.PytestWarning):
    """A finding, with --awry=warn."""


def pytest_addoption(parser, pluginmanager):
    _check_mode(pluginmanager.getplugin("pytestconfig"))
    group = parser.getgroup("awry")
    # two options, and not one with an optional value: that would take the path of the tests for its value
    group.addoption("--awry", dest="awry", action="store_const", const="fail", default="off",
                    help="record the tasks of asyncio; a test with a lost error, a forgotten coroutine, a task that outlives it, an "
                         "unclosed handle, a blocked loop or a deadlock fails")
    group.addoption("--awry=warn", dest="awry", action="store_const", const="warn", help="as --awry, but such a test gets a warning and passes")
    group.addoption("--awry=fail", dest="awry", action="store_const", const="fail", help="the same as --awry")
    parser.addini("awry_kinds", f"kinds of findings that count, by default: {' '.join((*KINDS, OUTLIVES))}", "args")
    parser.addini("awry_allow", "kinds of findings that any test may have", "args", [])
    group.addoption("--awry-allow-file", metavar="FILE", help="findings that FILE allows do not count: see awry-allow(5)")
    parser.addini("awry_allow_file", "the same; a path relative to the ini file")
    parser.addini("awry_blocked_ms", "how long a test may block its loop, in ms: 100 or more", default="100")


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config, parser, args):
    """Begin before a conftest creates tasks."""
    options = early_config.known_args_namespace
    if options.awry != "off" and not _is_xdist_controller(options):
        os.environ.setdefault("AWRY_STDERR", "none")  # the tests' reports have the findings
        try:
            awry.start()
        except RuntimeError as error:
            raise pytest.UsageError(f"--awry: {error}; set AWRY_DEBUG=1 in pytest's environment to begin earlier") from error


def _check_mode(config):
    """argparse's own message about a bad value does not say what is allowed."""
    for argument in config.invocation_params.args if config is not None else ():
        if isinstance(argument, str) and argument.startswith("--awry=") and argument not in MODES:
            raise pytest.UsageError(f"invalid {argument}; expected --awry (or --awry=fail), or --awry=warn")


def _is_xdist_controller(options):
    """With -n the tests run in other processes, each with a plugin of its own."""
    return "PYTEST_XDIST_WORKER" not in os.environ and bool(getattr(options, "numprocesses", None) or getattr(options, "tx", None))


def pytest_configure(config):
    config.addinivalue_line("markers", MARKER)
    if config.option.awry == "off":
        return
    settings = Settings(config)
    watcher = Controller(config, settings) if _is_xdist_controller(config.option) else Watcher(config, settings)
    config.pluginmanager.register(watcher, "awry-watcher")


class Finding:
    """One occurrence, with its text."""

    def __init__(self, kind, task, number, text, places=(), lasted_ms=0, allowed=False):
        self.kind, self.task, self.number, self.text, self.lasted_ms = kind, task, number, text, lasted_ms
        self.allowed = allowed  # by the allow-list
        self.places = places  # (function, file) of its stack's frames


class Settings:
    """The options and the ini file's values, checked."""

    def __init__(self, config):
        self.fails = config.option.awry == "fail"
        self.kinds = set(config.getini("awry_kinds") or (*KINDS, OUTLIVES))
        self.allowed = set(config.getini("awry_allow"))
        self.blocked_ms = _number(config.getini("awry_blocked_ms"), "awry_blocked_ms")
        self.allow_file = self.find_allow_file(config)
        _check_kinds(self.kinds | self.allowed, "awry_kinds, awry_allow")

    @staticmethod
    def find_allow_file(config):
        """An absolute path, or None. The program reads the file, and says what is wrong with it."""
        given, in_ini = config.getoption("--awry-allow-file"), config.getini("awry_allow_file")
        if not given and not in_ini:
            return None
        folder = config.inipath.parent if config.inipath is not None else config.rootpath
        path = os.path.abspath(config.invocation_params.dir / given if given else folder / in_ini)
        done = awry._run("report", "--allow", path, "--help")  # reads the file first
        if done.returncode != 0:
            message = done.stderr.decode(errors="replace").strip().removeprefix("awry: ")
            raise pytest.UsageError(f"{'--awry-allow-file' if given else 'awry_allow_file'}: {message}")
        return path


class Watcher:
    """Attributes findings to tests."""

    def __init__(self, config, settings):
        self.config, self.settings = config, settings
        # the item, or None for no test, to which each span of the session belongs, and the first task and finding of each span
        self.owners, self.first_tasks, self.first_findings = [], [], []
        self.places = set()  # of the functions of the last span's test: see _places()
        self.counted = 0  # the findings there were at the last look
        self.seen = set()  # their numbers
        self.known = {}  # of each group, by its first finding's number: how many occurrences were looked at
        self.reported = set()  # ids of tasks that outlived their test
        self.left = weakref.WeakSet()  # the tasks that were left at the last look
        self.outside, self.late = [], []
        self.expired = []  # lines about entries of the allow-list
        self.begin(None)

    # ---- which test it was ----

    def begin(self, item):
        """From here on, what happens belongs to `item`; None: to no test."""
        self.owners.append(item)
        self.first_tasks.append(agent.new_task_id())
        self.first_findings.append(agent.finding_count() + 1)

    def made_tasks(self):
        """Whether this thread created tasks since the last span began: an id taken now is one more than the span's first if it did not."""
        return agent.new_task_id() > self.first_tasks[-1] + 1

    def has_news(self):
        return agent.finding_count() != self.counted

    def owner_of(self, finding):
        starts, value = (self.first_tasks, finding.task) if finding.task else (self.first_findings, finding.number)
        at = max(bisect.bisect_right(starts, value) - 1, 0)
        if not finding.task and finding.places:
            for item in reversed(self.owners[:at + 1]):
                if item is not None and not finding.places.isdisjoint(_places(_function_of(item))):
                    return item
        return self.owners[at]

    # ---- what is found ----

    def new_findings(self):
        """Those that were not looked at before, of kinds that count."""
        if not self.has_news():
            return []
        self.counted = agent.finding_count()
        report, found = self.ask_report(), []
        for group in report.get("findings", []):
            fresh = [one for one in _occurrences(group, report) if one.number not in self.seen]
            self.seen.update(one.number for one in fresh)
            known = self.known.get(group["id"], 0) + len(fresh)
            if group["count"] > known:  # counted and not kept: which tasks they had is not known, and so they belong to the present test
                fresh.append(_only_counted(group, group["count"] - known))
            self.known[group["id"]] = group["count"]
            found += fresh
        return [one for one in found if one.kind in self.settings.kinds]

    def ask_report(self):
        """awry.report(), with the findings that the allow-list allows marked."""
        if self.settings.allow_file is None:
            return awry.report()
        if not awry.is_recording():
            return {}
        done = awry._run("report", "--format", "json", "--allow", self.settings.allow_file, str(os.getpid()))
        lines = done.stderr.decode(errors="replace").splitlines()
        if done.returncode not in (0, EXPIRED):
            raise RuntimeError(f"awry report: {' '.join(lines)}")
        self.expired = [line.removeprefix("awry: ") for line in lines if "was allowed until" in line]
        return json.loads(done.stdout)

    def outliving(self):
        """Live tasks that the present test created: in its span, by its function or by a fixture of its own."""
        if OUTLIVES not in self.settings.kinds:
            return []
        tree, found = awry.snapshot(), []
        stacks = {stack["id"]: stack for stack in tree.get("stacks", [])}
        for task in tree.get("tasks", []):
            if task["id"] in self.reported or task["id"] <= self.first_tasks[-1]:
                continue
            if not self.places.isdisjoint(_places_of_stack(stacks, task.get("stack"))):
                self.reported.add(task["id"])
                found.append(Finding(OUTLIVES, task["id"], 0, _describe_live(task, stacks)))
        return found

    def is_allowed(self, finding, item):
        if finding.allowed:
            return True
        allowed, blocked_ms = set(self.settings.allowed), self.settings.blocked_ms
        for mark in item.iter_markers("awry") if item is not None else ():
            allowed.update(mark.kwargs.get("allow", ()))
            blocked_ms = max(blocked_ms, mark.kwargs.get("blocked_ms", 0))
        return finding.kind in allowed or "any" in allowed or (finding.kind == "blocked-loop" and finding.lasted_ms < blocked_ms)

    def leaves_tasks(self):
        """
        Whether there are tasks, which were not there at the last look, that are pending or whose error nobody has asked for.

        Only if there are, garbage is collected, for they may be lost in a cycle: a collection takes time, and what earlier tests have
        left, such as an open file, would be freed, and warn, in tests that have nothing to do with it.
        """
        if self.left_since_last_look():
            gc.collect(1)  # what the test made is young; a full collection comes at the end of the session
        left = self.left_since_last_look()
        self.left.update(left)
        return any(not one.done() for one in left)

    def left_since_last_look(self):
        return [one for one in _tasks() if one not in self.left and (not one.done() or getattr(one, "_log_traceback", False))]

    def collect(self, item, ended):
        """Returns the texts of the new findings of a test, the present one. Others are reported with their own test, or at the end."""
        own, outliving = [], self.outliving() if ended and self.leaves_tasks() else ()
        for finding in [*self.new_findings(), *outliving]:
            owner = self.owner_of(finding) if finding.kind != OUTLIVES else item
            if self.is_allowed(finding, owner):
                continue
            if owner is item:
                item.user_properties.append(("awry", finding.text.splitlines()[0]))
                own.append(finding.text)
            else:
                self.report_elsewhere(owner, finding)
        return own

    def report_elsewhere(self, owner, finding):
        if owner is None:
            self.outside.append(finding.text)
        else:
            self.report_late(owner, finding)

    def tell(self, item, texts):
        """Fail, or warn."""
        if not texts:
            return
        text = "\n\n".join(texts[:MOST_SHOWN])
        if len(texts) > MOST_SHOWN:
            text += f"\n\nand {len(texts) - MOST_SHOWN} more"
        if self.settings.fails:
            pytest.fail(f"awry: {len(texts)} finding{'s' if len(texts) > 1 else ''}\n\n{text}", pytrace=False)
        item.warn(AwryWarning(f"awry: {text}"))

    def report_late(self, item, finding):
        """The test has been reported: one more error of it."""
        text = f"awry: found after the test\n\n{finding.text}"
        if not self.settings.fails:
            item.warn(AwryWarning(text))
            return
        late = {"nodeid": item.nodeid, "location": item.location, "longrepr": text,
                "user_properties": [("awry", finding.text.splitlines()[0])]}
        if hasattr(self.config, "workerinput"):
            self.late.append(late)  # a worker may report the present test only
        else:
            _log_late(self.config, late)

    # ---- hooks ----

    def pytest_collection_modifyitems(self, items):
        for item in items:
            for mark in item.iter_markers("awry"):
                _check_mark(item, mark)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.begin(item)
        try:
            return (yield)
        finally:
            self.begin(None)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_setup(self, item):
        self.places = _places(_function_of(item), *_xunit_functions(item))
        return (yield)

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_fixture_setup(self, fixturedef, request):
        """The tasks of a fixture that several tests share are not the first test's."""
        item = self.owners[-1]
        if item is None:
            return (yield)
        if fixturedef.scope == "function":
            self.places |= _places(fixturedef.func)
            return (yield)
        self.begin(None)
        try:
            return (yield)
        finally:
            self.begin(item)

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_runtest_call(self, item):
        try:
            result = yield
        except BaseException:  # the test has failed already: add what is known
            texts = self.collect(item, ended=False) if self.has_news() else ()
            if texts:
                item.add_report_section("call", "awry", "\n\n".join(texts))
            raise
        if self.has_news():
            self.tell(item, self.collect(item, ended=False))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item, nextitem):
        result = yield
        if self.owners[-1] is item and (self.made_tasks() or self.has_news()):
            self.tell(item, self.collect(item, ended=True))
        return result

    def pytest_sessionfinish(self, session, exitstatus):
        gc.collect()
        for finding in self.new_findings():
            owner = self.owner_of(finding)
            if not self.is_allowed(finding, owner):
                self.report_elsewhere(owner, finding)
        if self.settings.allow_file is not None:
            self.ask_report()
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["awry"] = {"late": self.late, "outside": self.outside, "expired": self.expired}
        if self.settings.fails and (self.outside or self.expired or session.testsfailed) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        _show_rest(terminalreporter, self.outside, self.expired)


class Controller:
    """Under xdist: reports what the workers could not."""

    def __init__(self, config, settings):
        self.config, self.settings, self.outside, self.expired = config, settings, [], []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        said = getattr(node, "workeroutput", {}).get("awry", {})
        self.outside += said.get("outside", [])
        self.expired = said.get("expired") or self.expired
        for late in said.get("late", []):
            _log_late(self.config, late)

    def pytest_sessionfinish(self, session):
        if self.settings.fails and (self.outside or self.expired) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        _show_rest(terminalreporter, self.outside, self.expired)


def _log_late(config, late):
    report = pytest.TestReport(keywords={}, outcome="failed", when="teardown", **{**late, "location": tuple(late["location"])})
    config.hook.pytest_runtest_logreport(report=report)


def _show_rest(terminalreporter, outside, expired):
    if outside:
        terminalreporter.section("awry: findings of no test (shared fixtures, plugins)")
        terminalreporter.write_line("\n\n".join(outside))
    if expired:
        terminalreporter.section("awry: the allow-list is out of date")
        terminalreporter.write_line("\n".join(expired))


def _check_kinds(kinds, where):
    unknown = set(kinds) - {*KINDS, OUTLIVES, "any", *_other_kinds()}
    if unknown:
        raise pytest.UsageError(f"{where}: unknown kind '{min(unknown, key=str)}'; see 'awry run --help'")


def _check_mark(item, mark):
    where = f"{item.nodeid}: mark awry"
    allow, blocked_ms = mark.kwargs.get("allow", ()), mark.kwargs.get("blocked_ms", 0)
    if mark.args or set(mark.kwargs) - {"allow", "blocked_ms"}:
        raise pytest.UsageError(f"{where}: expected awry(allow=[…], blocked_ms=…)")
    if not isinstance(allow, (list, tuple, set, frozenset)):
        raise pytest.UsageError(f"{where}: allow={allow!r}; expected a list of kinds")
    if isinstance(blocked_ms, bool) or not isinstance(blocked_ms, (int, float)):
        raise pytest.UsageError(f"{where}: blocked_ms={blocked_ms!r}; expected a number of milliseconds")
    _check_kinds(allow, where)


def _number(text, name):
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 100 <= number < math.inf:
        raise pytest.UsageError(f"invalid {name} '{text}'; expected milliseconds, 100 or more")
    return number


def _other_kinds():
    """Kinds that count only if awry_kinds names them."""
    return ("swallowed-cancel", "orphan-task", "leaked-task", "starved-task", "busy-task", "held-error")


# ---- texts of findings ----


def _occurrences(group, report):
    """The occurrences that a group of the report keeps one by one."""
    stacks = {stack["id"]: stack for stack in report.get("stacks", [])}
    errors = {error["id"]: error for error in report.get("errors", [])}
    places = _places_of_stack(stacks, group.get("stack"))
    lasted_ms = (group.get("lasted_ns") or group.get("noticed_after_ns") or 0) / 1e6
    for one in (group, *group.get("again", [])):
        task = one.get("task") or {}
        text = _describe(group, task, errors.get(one.get("error")), stacks)
        yield Finding(group["kind"], task.get("id", 0), one["id"], text, places, lasted_ms, _is_listed(group, one["id"]))


def _is_listed(group, number=None):
    """Whether the allow-list allows an occurrence of a group; without a number: all of them."""
    allowed = group.get("allowed")
    return allowed is not None and (allowed["count"] == group["count"] or number in group.get("allowed_ids", ()))


def _only_counted(group, more):
    """Occurrences that the report counts, without their tasks."""
    text = f"{group['kind']}: {more} more, which are only counted: {group['title']}"
    return Finding(group["kind"], 0, 0, text, allowed=_is_listed(group))


def _chain(stacks, at):
    """The frames of a stack and of the stacks that it links to, innermost first."""
    passed = set()
    while at in stacks and at not in passed:
        yield from stacks[at]["frames"]
        passed.add(at)
        at = stacks[at].get("link")


def _frames(stacks, at):
    """The program's own frames, as text: those in Python, if there are such (a blocked loop's stack has C functions, too)."""
    frames = [frame for frame in _chain(stacks, at) if not frame.get("machinery")]
    python = [frame for frame in frames if str(frame.get("file")).endswith((".py", ">"))]
    return [f"  {frame.get('function')} at {_short(frame.get('file'))}:{frame.get('line')}" for frame in python or frames]


def _places_of_stack(stacks, at):
    """(function, file) of each frame of a stack and of those that it links to."""
    return {(frame.get("function"), os.path.abspath(frame.get("file") or "")) for frame in _chain(stacks, at)}


def _places(*functions):
    """The same of functions, without decorators that name what they wrap."""
    codes = [getattr(inspect.unwrap(function), "__code__", None) for function in functions if function is not None]
    return {(code.co_qualname, os.path.abspath(code.co_filename)) for code in codes if code is not None}


def _function_of(item):
    return getattr(item, "function", None)


def _xunit_functions(item):
    """Methods that unittest and pytest call before and after each test of a class."""
    names = ("setUp", "asyncSetUp", "tearDown", "asyncTearDown", "setup_method", "teardown_method")
    return [getattr(getattr(item, "cls", None), name, None) for name in names]


def _tasks():
    """All tasks. asyncio lists them itself up to 3.13; later it has a list for each loop only, and looking for them takes time if the heap is large."""
    if sys.version_info >= (3, 14):
        return [one for one in gc.get_objects() if issubclass(type(one), asyncio.Task)]
    known = asyncio.tasks._scheduled_tasks if sys.version_info >= (3, 12) else asyncio.tasks._all_tasks
    while True:
        try:
            return [*known, *getattr(asyncio.tasks, "_eager_tasks", ())]
        except RuntimeError:  # another thread has changed them meanwhile
            pass


def _short(path):
    relative = os.path.relpath(path) if path else "?"
    return path if relative.startswith("..") else relative


def _stack(title, frames):
    """The innermost frames, without those of pytest and the library that runs the test."""
    frames = [frame for frame in frames if "/site-packages/" not in frame and "/asyncio/" not in frame and " at <frozen " not in frame]
    if title in MADE:  # by a function of the standard library, for whom the program called it
        frames = [frame for frame in frames if f" at {STANDARD_LIBRARY}/" not in frame] or frames
    return [title, *frames[:12]] if frames else []


def _name_of(task):
    return task.get("name") or f"Task-{task['id']}"


def _describe(group, task, error, stacks):
    lines = [f"{group['kind']}: {group['title']}"]
    if task:
        lines[0] += f" ({_name_of(task)})"
    if group.get("detail"):
        lines.append(group["detail"])
    if error:
        lines.append(f"{error['type']}: {error['message']}" if error["message"] else error["type"])
        lines += _stack("raised at:", _frames(stacks, error.get("stack")))
    lines += _stack(_heading(group), _frames(stacks, group.get("stack")))
    return "\n".join(lines)


def _heading(group):
    """What is said above the stack of a finding: for most kinds it is where the task was created."""
    kind, detail = group["kind"], group.get("detail") or ""
    if (kind == "never-awaited" and detail) or "dropped here" in detail:
        return "dropped at:"
    return {"blocked-loop": "blocked at:", "unclosed-handle": "opened at:", "never-awaited": "made at:",
            "swallowed-cancel": "asked to cancel at:"}.get(kind, CREATED)


def _describe_live(task, stacks):
    coroutine = task.get("coroutine") or {}
    lines = [f"{OUTLIVES}: a task of this test is still alive after it ({_name_of(task)}, {coroutine.get('function')})"]
    waits = [f"  {at['function']} at {_short(at['file'])}:{at['line']}" for at in task.get("waits_at") or []]
    lines += _stack(f"waits for {task['wait']} at:" if task.get("wait") else "ready at:", waits)
    return "\n".join([*lines, *_stack(CREATED, _frames(stacks, task.get("stack")))])
