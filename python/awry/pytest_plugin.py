# SPDX-License-Identifier: MIT
"""The pytest plugin: with --awry, a test fails whose tasks go awry.

It records the process, and notes the next task id and the next finding number where each test begins and ends. So a finding belongs to
the test that created its task. One without a task (an open handle) belongs to the test whose function is in its stack, else to
the one during which it was found. What is found after its test has ended is reported as one more error of that test. A test that
creates no task costs nothing but a few numbers.
"""
import bisect
import gc
import os

import pytest

import awry
from _awry import agent

KINDS = ("never-retrieved", "never-awaited", "destroyed-pending", "unhandled-error", "unclosed-handle", "blocked-loop", "deadlock")
OUTLIVES = "outlives-test"
MARKER = "awry(allow=[…], blocked_ms=…): kinds of findings that this test may have ('any': all); how long it may block its loop"


class AwryWarning(pytest.PytestWarning):
    """A finding, with --awry=warn."""


def pytest_addoption(parser):
    group = parser.getgroup("awry")
    # two options, and not one with an optional value: that would take the path of the tests for its value
    group.addoption("--awry", dest="awry", action="store_const", const="fail", default="off",
                    help="record the tasks of asyncio; a test with a lost error, a forgotten coroutine, a task that outlives it, an "
                         "unclosed handle, a blocked loop or a deadlock fails")
    group.addoption("--awry=warn", dest="awry", action="store_const", const="warn", help="as --awry, but such a test gets a warning and passes")
    parser.addini("awry_kinds", f"kinds of findings that count, by default: {' '.join((*KINDS, OUTLIVES))}", "args")
    parser.addini("awry_allow", "kinds of findings that any test may have", "args", [])
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


def _is_xdist_controller(options):
    """With -n the tests run in other processes, each with a plugin of its own."""
    return "PYTEST_XDIST_WORKER" not in os.environ and bool(getattr(options, "numprocesses", None) or getattr(options, "tx", None))


def pytest_configure(config):
    config.addinivalue_line("markers", MARKER)
    if config.option.awry == "off":
        return
    watcher = Controller(config) if _is_xdist_controller(config.option) else Watcher(config)
    config.pluginmanager.register(watcher, "awry-watcher")


class Window:
    """A span of the session, up to the next begin(): that of the test `item`; None: of no test."""

    def __init__(self, item):
        self.item = item


class Finding:
    """One occurrence, with its text."""

    def __init__(self, kind, task, number, text, places=(), lasted_ms=0):
        self.kind, self.task, self.number, self.text, self.lasted_ms = kind, task, number, text, lasted_ms
        self.places = places  # (function, file) of its stack's frames


class Watcher:
    """Attributes findings to tests."""

    def __init__(self, config):
        self.config = config
        self.fails = config.option.awry == "fail"
        self.kinds = set(config.getini("awry_kinds") or (*KINDS, OUTLIVES))
        self.allowed = set(config.getini("awry_allow"))
        self.blocked_ms = _number(config.getini("awry_blocked_ms"), "awry_blocked_ms")
        unknown = (self.kinds | self.allowed) - {*KINDS, OUTLIVES, "any", *_other_kinds()}
        if unknown:
            raise pytest.UsageError(f"awry_kinds, awry_allow: unknown kind '{min(unknown)}'; see 'awry run --help'")
        self.agent = agent
        self.windows, self.first_tasks, self.first_findings = [], [], []
        self.seen = 0  # findings that were looked at
        self.reported = set()  # ids of tasks that outlived their test
        self.outside, self.late = [], []
        self.begin(None)

    # ---- which test it was ----

    def begin(self, item):
        """From here on, what happens belongs to `item`."""
        self.windows.append(Window(item))
        self.first_tasks.append(self.agent.new_task_id())
        self.first_findings.append(self.agent.finding_count() + 1)

    def made_tasks(self):
        """Whether tasks were created since the last window began: an id taken now is one more than the window's first if there were none."""
        return self.agent.new_task_id() > self.first_tasks[-1] + 1

    def window_of(self, finding):
        starts, value = (self.first_tasks, finding.task) if finding.task else (self.first_findings, finding.number)
        at = max(bisect.bisect_right(starts, value) - 1, 0)
        if not finding.task and finding.places:
            for window in reversed(self.windows[:at + 1]):
                if window.item is not None and _place_of(window.item) in finding.places:
                    return window
        return self.windows[at]

    # ---- what is found ----

    def new_findings(self):
        """Those that were not looked at before, of kinds that count."""
        if self.agent.finding_count() == self.seen:
            return []
        report = awry.report()
        found = [one for group in report.get("findings", []) for one in _occurrences(group, report)]
        found = [one for one in found if one.number > self.seen]
        self.seen = max([self.seen, *(one.number for one in found)])
        return [one for one in found if one.kind in self.kinds]

    def outliving(self, window):
        """Live tasks that the window's test created."""
        if OUTLIVES not in self.kinds or all(task.done() for task in agent.tasks()):
            return []
        found = []
        for task in awry.snapshot().get("tasks", []):
            one = Finding(OUTLIVES, task["id"], 0, _describe_live(task))
            if task["id"] not in self.reported and self.window_of(one) is window:
                self.reported.add(task["id"])
                found.append(one)
        return found

    def is_allowed(self, finding, item):
        allowed, blocked_ms = set(self.allowed), self.blocked_ms
        for mark in item.iter_markers("awry") if item is not None else ():
            allowed.update(mark.kwargs.get("allow", ()))
            blocked_ms = max(blocked_ms, mark.kwargs.get("blocked_ms", 0))
        return finding.kind in allowed or "any" in allowed or (finding.kind == "blocked-loop" and finding.lasted_ms < blocked_ms)

    def collect(self, window, ended):
        """Returns the texts of the new findings of the window's test. Other findings are reported with their own test, or at the end."""
        own = []
        gc.collect(1)  # what the test made is young; a full collection comes at the end of the session
        for finding in [*self.new_findings(), *(self.outliving(window) if ended else ())]:
            owner = self.window_of(finding)
            if self.is_allowed(finding, owner.item):
                continue
            if owner is window or owner.item is window.item:
                window.item.user_properties.append(("awry", finding.text.splitlines()[0]))
                own.append(finding.text)
            elif owner.item is None:
                self.outside.append(finding.text)
            else:
                self.report_late(owner.item, finding)
        return own

    def tell(self, item, texts):
        """Fail, or warn."""
        if not texts:
            return
        text = "\n\n".join(texts)
        if self.fails:
            pytest.fail(f"awry: {len(texts)} finding{'s' if len(texts) > 1 else ''}\n\n{text}", pytrace=False)
        item.warn(AwryWarning(f"awry: {text}"))

    def report_late(self, item, finding):
        """The test has been reported: one more error of it."""
        text = f"awry: found after the test\n\n{finding.text}"
        if not self.fails:
            item.warn(AwryWarning(text))
            return
        late = {"nodeid": item.nodeid, "location": item.location, "longrepr": text,
                "user_properties": [("awry", finding.text.splitlines()[0])]}
        if hasattr(self.config, "workerinput"):
            self.late.append(late)  # a worker may report the present test only
        else:
            _log_late(self.config, late)

    # ---- hooks ----

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        self.begin(item)
        try:
            return (yield)
        finally:
            self.begin(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef, request):
        """The tasks of a fixture that several tests share are not the first test's."""
        item = self.windows[-1].item
        if item is None or fixturedef.scope == "function":
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
            texts = self.collect(self.windows[-1], ended=False) if self.agent.finding_count() != self.seen else ()
            if texts:
                item.add_report_section("call", "awry", "\n\n".join(texts))
            raise
        if self.agent.finding_count() != self.seen:
            self.tell(item, self.collect(self.windows[-1], ended=False))
        return result

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item, nextitem):
        result = yield
        window = self.windows[-1]
        if window.item is item and (self.made_tasks() or self.agent.finding_count() != self.seen):
            self.tell(item, self.collect(window, ended=True))
        return result

    def pytest_sessionfinish(self, session, exitstatus):
        gc.collect()
        for finding in self.new_findings():
            owner = self.window_of(finding)
            if self.is_allowed(finding, owner.item):
                continue
            if owner.item is None:
                self.outside.append(finding.text)
            else:
                self.report_late(owner.item, finding)
        if hasattr(self.config, "workeroutput"):
            self.config.workeroutput["awry"] = {"late": self.late, "outside": self.outside}
        if self.fails and (self.outside or session.testsfailed) and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        _show_outside(terminalreporter, self.outside)


class Controller:
    """Under xdist: reports what the workers could not."""

    def __init__(self, config):
        self.config, self.outside = config, []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        said = getattr(node, "workeroutput", {}).get("awry", {})
        self.outside += said.get("outside", [])
        for late in said.get("late", []):
            _log_late(self.config, late)

    def pytest_sessionfinish(self, session):
        if self.config.option.awry == "fail" and self.outside and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter):
        _show_outside(terminalreporter, self.outside)


def _log_late(config, late):
    report = pytest.TestReport(keywords={}, outcome="failed", when="teardown", **{**late, "location": tuple(late["location"])})
    config.hook.pytest_runtest_logreport(report=report)


def _show_outside(terminalreporter, texts):
    if texts:
        terminalreporter.section("awry: findings of no test (shared fixtures, plugins)")
        terminalreporter.write_line("\n\n".join(texts))


def _number(text, name):
    try:
        number = float(text)
    except ValueError:
        number = 0
    if number < 100:
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
    places = {(frame.get("function"), os.path.abspath(frame.get("file") or "")) for frame in _chain(stacks, group.get("stack"))}
    lasted_ms = (group.get("lasted_ns") or group.get("noticed_after_ns") or 0) / 1e6
    for one in (group, *group.get("again", [])):
        task = one.get("task") or {}
        yield Finding(group["kind"], task.get("id", 0), one["id"], _describe(group, task, errors.get(one.get("error")), stacks),
                      places, lasted_ms)


def _chain(stacks, at):
    """The frames of a stack and of the stacks that it links to, innermost first."""
    while at is not None and at in stacks:
        yield from stacks[at]["frames"]
        at = stacks[at].get("link")


def _frames(stacks, at):
    """The program's own frames, as text: those in Python, if there are such (a blocked loop's stack has C functions, too)."""
    frames = [frame for frame in _chain(stacks, at) if not frame.get("machinery")]
    python = [frame for frame in frames if str(frame.get("file")).endswith((".py", ">"))]
    return [f"  {frame.get('function')} at {_short(frame.get('file'))}:{frame.get('line')}" for frame in python or frames]


def _place_of(item):
    """The function of a test and its file, as a frame has them."""
    code = getattr(getattr(item, "function", None), "__code__", None)
    return getattr(code, "co_qualname", None), str(item.path)


def _short(path):
    relative = os.path.relpath(path) if path else "?"
    return path if relative.startswith("..") else relative


def _stack(title, frames):
    """The innermost frames, without those of pytest and the library that runs the test."""
    frames = [frame for frame in frames if "/site-packages/" not in frame and "/asyncio/" not in frame]
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
        lines.append(f"{error['type']}: {error['message']}")
        lines += _stack("raised at:", _frames(stacks, error.get("stack")))
    lines += _stack("created at:" if group["kind"] != "blocked-loop" else "blocked at:", _frames(stacks, group.get("stack")))
    return "\n".join(lines)


def _describe_live(task):
    coroutine = task.get("coroutine") or {}
    lines = [f"{OUTLIVES}: a task of this test is still alive after it ({_name_of(task)}, {coroutine.get('function')})"]
    waits = [f"  {at['function']} at {_short(at['file'])}:{at['line']}" for at in task.get("waits_at") or []]
    return "\n".join([*lines, *_stack(f"waits for {task['wait']} at:" if task.get("wait") else "ready at:", waits)])
