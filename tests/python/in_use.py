#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A program begins to record itself while it has tasks, subclasses of Task and loops in several threads.

    in_use.py AWRY PYTHON ADAPTERS
"""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import World, check, main  # noqa: E402

AWRY, PYTHON, ADAPTERS = map(os.path.abspath, sys.argv[1:4])

BEGIN = f'''
import asyncio, gc, importlib.util, os, subprocess, sys, threading

def start():
    os.environ["AWRY_DEBUG"] = "1"
    spec = importlib.util.spec_from_file_location("_awry.agent", "{ADAPTERS}/agent.abi3.so")
    agent = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(agent)
    assert not agent.is_recording()
    problem = agent.start("{ADAPTERS}/awry-python.so")
    assert problem is None, problem
    assert agent.start("{ADAPTERS}/awry-python.so") is None

def ask(*arguments):
    done = subprocess.run(["{AWRY}", *arguments, str(os.getpid())], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
'''

TASKS = BEGIN + '''
class Own(asyncio.Task):
    __slots__ = ("first", "second")

class Derived(Own):
    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        self.other = 1

async def waits(event):
    await event.wait()
    return 7

async def awaits(task):
    return await task

async def fails(event):
    await event.wait()
    raise ValueError("lost")

async def sleeps():
    try:
        await asyncio.sleep(100)
    finally:
        await asyncio.sleep(0)

async def counts(numbers):
    while True:
        numbers.append(len(numbers))
        await asyncio.sleep(0.001)

def second_loop(begun):
    async def amain():
        task = asyncio.create_task(asyncio.sleep(1), name="second loop")
        await asyncio.sleep(0)
        begun.set()
        while not task.done():
            await asyncio.sleep(0.01)
    asyncio.run(amain())

async def amain(stopped):
    loop, event, numbers, begun = asyncio.get_running_loop(), asyncio.Event(), [], threading.Event()
    older = [asyncio.create_task(waits(event), name=f"older {i}") for i in range(3)]
    older.append(Own(waits(event), loop=loop, name="own"))
    older.append(Derived(waits(event), loop=loop, name="derived"))
    lost = asyncio.create_task(fails(event), name="lost")
    sleeper = asyncio.create_task(sleeps(), name="sleeper")
    busy = asyncio.create_task(counts(numbers), name="busy")
    ended = asyncio.create_task(asyncio.sleep(0), name="ended")
    waiting_for = asyncio.create_task(awaits(older[0]), name="awaits older 0")
    thread = threading.Thread(target=second_loop, args=(begun,))
    thread.start()
    await asyncio.to_thread(begun.wait)
    await asyncio.sleep(0.01)
    gc.freeze()
    start()
    at_once = asyncio.create_task(waits(event), name="newer at once")
    await asyncio.sleep(0.1)
    newer = [asyncio.create_task(waits(event), name="newer"), Own(waits(event), loop=loop, name="newer own"),
             Derived(waits(event), loop=loop, name="newer derived")]
    await asyncio.sleep(0.1)
    print(await asyncio.to_thread(ask, "tree", "--json"))
    sleeper.cancel()
    event.set()
    results = await asyncio.gather(*older, at_once, *newer, sleeper, return_exceptions=True)
    assert results[:-1] == [7] * 9 and isinstance(results[-1], asyncio.CancelledError), results
    busy.cancel()
    del lost
    for _ in range(20):  # many that come and go, and whose addresses are used again
        class Many(Own):
            __slots__ = tuple(f"slot{i}" for i in range(60))
        tasks = [kind(asyncio.sleep(0, kind), loop=loop) for kind in (Many, Own, Derived, asyncio.Task) for _ in range(200)]
        for task in tasks:
            if type(task) is Many:
                task.slot59 = task.slot0 = task
        assert await asyncio.gather(*tasks) == [type(task) for task in tasks]
        del task, tasks
    gc.unfreeze()
    gc.collect()
    await asyncio.to_thread(thread.join)
    await asyncio.sleep(0.2)
    print(await asyncio.to_thread(ask, "tree", "--json"))
    print(await asyncio.to_thread(ask, "report", "--format", "json"))
    stopped.append(await waiting_for)

stopped = []
asyncio.run(amain(stopped))
'''

# the loop that runs has tasks of an older run, and its poll is entered from a task
LATER_RUN = BEGIN + '''
async def waits():
    await asyncio.sleep(100)

async def one_task():
    return asyncio.create_task(waits(), name="of an older run")

loop = asyncio.new_event_loop()
task = loop.run_until_complete(one_task())
start()
loop.run_until_complete(asyncio.sleep(0.1))
print(loop.run_until_complete(loop.run_in_executor(None, ask, "tree", "--json")))
task.cancel()
loop.run_until_complete(asyncio.wait([task]))
loop.run_until_complete(loop.shutdown_default_executor())
loop.close()
'''

BLOCKS = BEGIN + '''
import select, time

async def older(begun):
    begun.set_result(None)
    await asyncio.sleep(0.05)
    start()
    poll = select.epoll()
    poll.poll(0.01)  # not the loop's
    await asyncio.sleep(0.05)
    time.sleep(0.5)

async def amain():
    begun = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(older(begun), name="older")
    await begun
    await task

asyncio.run(amain())
'''

# while a thread begins, another thread and a signal handler do, too: the hooks are put in place once
AT_ONCE = BEGIN + '''
import builtins, signal, time

started = []

def begin(name):
    start()
    started.append(name)

def look(thing, function=id):  # asked by the scripts that look at the interpreter
    if builtins.id is look:
        builtins.id = function
        signal.raise_signal(signal.SIGUSR1)
        thread.start()
        time.sleep(0.1)
    return function(thing)

thread = threading.Thread(target=begin, args=("thread",))
signal.signal(signal.SIGUSR1, lambda *_: begin("handler"))
builtins.id = look
begin("main")
thread.join()
assert sorted(started) == ["handler", "main", "thread"] and started[0] == "handler", started

async def amain():
    task = asyncio.create_task(asyncio.sleep(0.5, 7), name="once")
    await asyncio.sleep(0)
    print(await asyncio.to_thread(ask, "tree", "--json"))
    assert await task == 7

asyncio.run(amain())
'''

# the loop's poll is not hooked, and no task is created after the start
OTHER_POLL = BEGIN + '''
import selectors

async def waits(event):
    await event.wait()

async def amain():
    event = asyncio.Event()
    task = asyncio.create_task(waits(event), name="older")
    await asyncio.sleep(0.01)
    start()
    await asyncio.sleep(0.01)
    print(await asyncio.get_running_loop().run_in_executor(None, ask, "tree", "--json"))
    event.set()
    await task

with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
    runner.run(amain())
'''

# no task runs when the recording begins
CALLBACK = BEGIN + '''
async def amain():
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lambda loop, context: os._exit(1))
    loop.call_soon(start)
    await asyncio.sleep(0.01)
    print(await asyncio.to_thread(ask, "tree", "--json"))

asyncio.run(amain(), debug=False)
'''

# objects change their class, and those that are freed are forgotten
CLASSES = BEGIN + '''
class Older(asyncio.Task):
    pass

class Keeps(asyncio.Task):
    def __del__(self):
        kept.append(self)

kept = []

async def amain():
    loop = asyncio.get_running_loop()
    older = Older(asyncio.sleep(0), loop=loop)
    start()
    await asyncio.sleep(0.01)
    class Newer(Older):
        pass
    newer = Older(asyncio.sleep(0), loop=loop)
    older.__class__ = newer.__class__ = Newer
    await asyncio.wait([older, newer])
    assert type(older) is type(newer) is Newer
    for _ in range(50):
        tasks = [kind(asyncio.sleep(0, kind), loop=loop) for kind in (Older, Newer, Keeps, asyncio.Task) for _ in range(20)]
        for task in tasks:
            if type(task) is Newer:
                task.__class__ = Older
        await asyncio.wait(tasks)
        del task, tasks
        assert len(kept) == 20 and all(task.result() is Keeps for task in kept)
        kept.clear()
    print(await asyncio.to_thread(ask, "report", "--format", "json"))

asyncio.run(amain())
'''


def call(program, *options, blocked_ms=60000):
    with World(AWRY) as world:
        done = world.call(PYTHON, *options, "-c", program, AWRY_BLOCKED_MS=str(blocked_ms))
    check(done.returncode == 0, done.returncode, done.stdout[-3000:], done.stderr[-3000:])
    return done


def documents(text):
    while text.strip():
        part, end = json.JSONDecoder().raw_decode(text.lstrip())
        text = text.lstrip()[end:]
        yield part


OLDER = {"older 0", "older 1", "older 2", "own", "derived", "lost", "sleeper", "busy", "awaits older 0", "second loop"}
NEWER = {"newer at once", "newer", "newer own", "newer derived"}


def check_tasks(*options):
    first, last, report = documents(call(TASKS, *options).stdout)
    tasks = {task.get("name"): task for task in first["tasks"]}
    check(OLDER | NEWER <= set(tasks), "missing:", (OLDER | NEWER) - set(tasks))
    check("ended" not in tasks, tasks)
    for name in OLDER | NEWER:
        check(tasks[name].get("before_recording", False) == (name in OLDER), name, tasks[name])
    check(tasks["sleeper"]["wait"] == "sleep", tasks["sleeper"])
    waits = tasks["awaits older 0"]
    check((waits["wait"], waits["wait_target"]) == ("task", tasks["older 0"]["id"]), waits)
    left = {task.get("name") for task in last["tasks"]}
    check(not left & (OLDER | NEWER), "still listed:", left)
    findings = [(finding["kind"], finding["task"]["name"]) for finding in report["findings"]]
    check(findings == [("never-retrieved", "lost")], report["findings"])


def pending_tasks_are_listed_and_continue():
    check_tasks()


def the_interpreters_checks_find_nothing():
    check_tasks("-X", "dev")


def a_loop_that_runs_again_has_its_tasks():
    tree = json.loads(call(LATER_RUN).stdout)
    check("of an older run" in [task.get("name") for task in tree["tasks"]], tree["tasks"])


def an_older_task_that_blocks_is_found():
    done = call(BLOCKS, blocked_ms=200)
    check("older" in done.stderr and "blocked" in done.stderr, done.stderr)


def a_loop_whose_poll_is_not_seen_has_its_tasks():
    tree = json.loads(call(OTHER_POLL).stdout)
    tasks = {task.get("name"): task for task in tree["tasks"]}
    check(tasks.get("older", {}).get("wait") == "event", tree["tasks"])


def a_callback_may_begin_the_recording():
    tree = json.loads(call(CALLBACK).stdout)
    check([task["coroutine"]["function"] for task in tree["tasks"] if task.get("before_recording")] == ["amain"], tree["tasks"])


def the_class_of_a_task_may_be_changed():
    for options in [(), ("-X", "dev")]:
        report = json.loads(call(CLASSES, *options).stdout)
        check(report["findings"] == [], report["findings"])


def a_thread_and_a_signal_handler_may_begin_meanwhile():
    tree = json.loads(call(AT_ONCE).stdout)
    check([task.get("name") for task in tree["tasks"]].count("once") == 1, tree["tasks"])


main(pending_tasks_are_listed_and_continue, the_interpreters_checks_find_nothing, a_loop_that_runs_again_has_its_tasks,
     an_older_task_that_blocks_is_found, a_loop_whose_poll_is_not_seen_has_its_tasks, a_callback_may_begin_the_recording,
     the_class_of_a_task_may_be_changed, a_thread_and_a_signal_handler_may_begin_meanwhile)
