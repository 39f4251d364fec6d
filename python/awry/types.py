# SPDX-License-Identifier: MIT
"""The types of what the package awry returns, for type checkers.

Those of reports have the members that docs/schema/report-1.json has. Later versions may add members.
"""
from typing import Any, Literal, NotRequired, TypedDict


class Frame(TypedDict):
    """One line of a stack."""

    function: str | None
    file: str | None
    line: int
    inlined: NotRequired[Literal[True]]
    machinery: NotRequired[Literal[True]]
    module: NotRequired[str | None]
    offset: NotRequired[str | None]
    address: NotRequired[str | None]


class Task(TypedDict):
    """A task, by its id and its name."""

    id: int
    name: str | None
    coroutine: NotRequired[Frame | None]


class Stack(TypedDict):
    """Frames, innermost first; ``link`` is the id of the next stack, where the task was created."""

    id: int
    link: int | None
    frames: list[Frame]
    cut: NotRequired[Literal[True]]
    ancestors_cut: NotRequired[Literal[True]]
    before_recording: NotRequired[Literal[True]]
    repeats: NotRequired[Literal[True]]
    missing: NotRequired[Literal[True]]


class Cancel(TypedDict):
    """The request behind a CancelledError."""

    why: str
    by: Task | None
    times: int | None
    time_ns: int
    deadline_ns: int | None
    message: str | None
    where: str | None
    stack: int | None
    origin: int | None


class Attribute(TypedDict):
    """A field of an exception."""

    key: str | None
    value: str | None


class Error(TypedDict):
    """An exception; ``cause``, ``context`` and ``children`` are ids of errors."""

    id: int
    type: str | None
    message: str | None
    state: Literal["pending", "retrieved", "lost"]
    task: Task | None
    site: Frame | None
    stack: int | None
    cause: int | None
    context: int | None
    suppress_context: bool
    group: bool
    cut: bool
    children: list[int]
    notes: list[str]
    attributes: list[Attribute]
    cancel: Cancel | None
    taker: Task | None
    handled: dict[str, Any] | None


class Allowed(TypedDict):
    """The entry of an allow-list that allows a finding."""

    count: int
    reason: str
    file: str
    line: int
    expires: str | None


class Again(TypedDict):
    """A further occurrence of a finding."""

    id: int
    task: Task | None
    error: NotRequired[int]


class Member(TypedDict):
    """A task of a deadlock."""

    task: Task
    waits_for: str
    target: int
    stack: int | None
    where: list[Frame]
    wait_stack: int | None


class Finding(TypedDict):
    """A group of findings that differ only in task and time: the first one, and the others in ``again``."""

    kind: str
    title: str
    level: Literal["error", "warning", "note"]
    fingerprint: str
    count: int
    kept: NotRequired[int]
    first_ns: NotRequired[int]
    last_ns: NotRequired[int]
    allowed: Allowed | None
    allowed_ids: NotRequired[list[int]]
    id: int
    time_ns: int
    task: Task | None
    creator: Task | None
    coroutine: Frame | None
    error: int | None
    stack: int | None
    detail: str | None
    wait_stack: int | None
    noticed_after_ns: NotRequired[int]
    lasted_ns: NotRequired[int | None]
    value: NotRequired[int]
    by: NotRequired[Task | None]
    members: NotRequired[list[Member]]
    again: list[Again]
    meaning: str
    advice: str


class Bucket(TypedDict):
    """How many iterations took at least so long."""

    from_ns: int
    count: int


class Iterations(TypedDict):
    """The durations of a loop's iterations."""

    count: int
    p50_ns: int
    p99_ns: int
    longest_ns: int
    buckets: list[Bucket]


class Loop(TypedDict):
    """An event loop."""

    id: int
    label: str | None
    tid: int
    closed: bool
    blocked: int
    blocked_ns: int
    iterations: Iterations


class Process(TypedDict):
    """The process that is recorded."""

    pid: NotRequired[int]
    program: NotRequired[str]
    runtime: NotRequired[str]


class Losses(TypedDict):
    """How much could not be recorded or kept."""

    important: int
    records: int
    findings_beyond: int
    errors_beyond: int
    definitions_beyond: int


class Report(TypedDict, total=False):
    """What ``awry report --format json`` prints; ``{}`` if the process does not record."""

    schema: Literal["urn:awry:report:1"]
    version: Literal[1]
    process: Process
    finding_count: int
    allowed_count: int
    findings: list[Finding]
    errors: list[Error]
    stacks: list[Stack]
    losses: Losses
    loops: list[Loop]


class FoundError(Error):
    """An exception, with the stacks where it was raised."""

    frames: list[Frame]


class FoundFinding(Finding):
    """A finding with what it names: ``frames`` of its stack and of the stacks that this links to, innermost first, and its exception."""

    frames: list[Frame]
    exception: FoundError | None


class LiveTask(TypedDict):
    """A live task of a snapshot; where it waits or runs as frames, and as the id of a stack."""

    id: int
    name: str | None
    coroutine: NotRequired[Frame | None]
    creator: int | None
    state: str
    runs_at: NotRequired[list[Frame]]
    run_stack: NotRequired[int | None]
    wait: NotRequired[str]
    wait_target: NotRequired[int]
    waits_at: NotRequired[list[Frame]]
    wait_stack: NotRequired[int | None]
    held_by: NotRequired[int]
    for_ns: NotRequired[int]
    cancel_asked: bool
    cancel_why: NotRequired[str]
    cancel_by: NotRequired[int]
    stack: int | None
    before_recording: NotRequired[bool]


class Snapshot(TypedDict, total=False):
    """What ``awry tree --json`` prints; ``{}`` if the process does not record."""

    schema: str
    version: int
    process: Process
    tasks: list[LiveTask]
    stacks: list[Stack]
    circles: list[list[dict[str, Any]]]
    unlisted: int
    left_out: dict[str, int]
