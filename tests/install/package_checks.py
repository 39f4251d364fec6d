# SPDX-License-Identifier: MIT
"""What wheel.py checks of the package awry in a program, in a venv that has the wheel (wheel.py's Venv): on_finding(), examples, types."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from awry_test import check  # noqa: E402

PROJECT = os.path.abspath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", ".."))
EXAMPLES = f"{PROJECT}/examples/python"
BEGIN = '''
import asyncio, awry, os, sys, threading, time

async def fails(message):
    raise ValueError(message)

async def lose(*messages):
    for message in messages:
        asyncio.create_task(fails(message))
    await asyncio.sleep(0.01)

def wait_for(condition):
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "not in 20 s"
        time.sleep(0.02)

def message(finding):
    return finding["exception"]["message"]

awry.start()
got = []
'''
CALLS = BEGIN + '''
assert threading.active_count() == 1
asyncio.run(lose("before"))  # not new
end = awry.on_finding(got.append)
end_other = awry.on_finding(lambda finding: 1 / 0)
assert sorted(one.name for one in threading.enumerate()) == ["MainThread", "awry-findings"]
failed = []
threading.excepthook = failed.append

async def once():
    await lose("first")

for number in 1, 2:
    asyncio.run(once())
    wait_for(lambda: len(got) == number)
    if number == 1:
        [finding] = got
        known = [one for one in awry.findings() if one["id"] == finding["id"]]
        wait_for(lambda: failed)
        end_other()
assert (finding["kind"], finding["count"], message(finding)) == ("never-retrieved", 1, "first"), finding
assert [frame["function"] for frame in finding["frames"]][:2] == ["lose", "once"], finding["frames"]
assert [frame["function"] for frame in finding["exception"]["frames"]][0] == "fails", finding["exception"]
assert known == [finding], (known, finding)
assert failed[0].exc_type is ZeroDivisionError and failed[0].thread.name == "awry-findings"
assert got[1]["id"] == finding["id"] and got[1]["count"] == 2 and len(failed) == 1
end()
end()
wait_for(lambda: threading.active_count() == 1)
asyncio.run(lose("unheard"))
time.sleep(0.7)
assert len(got) == 2
try:
    awry.on_finding(7)
except TypeError as error:
    print(error)
'''
OWN = BEGIN + '''
def callback(finding):
    got.append(message(finding))
    asyncio.run(lose("own"))

awry.on_finding(callback)
asyncio.run(lose("program"))
wait_for(lambda: got)
time.sleep(1.5)
print(got)
'''
AT_END = BEGIN + '''
awry.on_finding(lambda finding: print(message(finding), threading.current_thread().name))
asyncio.run(lose("at the end"))
'''
FORKS = BEGIN + '''
awry.on_finding(got.append)
asyncio.run(lose("parent"))
wait_for(lambda: got)
child = os.fork()
if child == 0:
    got.clear()
    time.sleep(0.7)
    assert not got, got
    asyncio.run(lose("child"))
    wait_for(lambda: got)
    print([message(one) for one in got], threading.active_count(), flush=True)
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print([message(one) for one in got])
'''
DEADLOCK = BEGIN + '''
async def main():
    event = asyncio.Event()
    task = asyncio.create_task(event.wait(), name="waits")
    awry.on_finding(lambda finding: (print(finding["kind"]), loop.call_soon_threadsafe(event.set)))
    loop = asyncio.get_running_loop()
    await task

asyncio.run(main())
'''
SENTRY = '''
import asyncio, json, sys
sys.path.insert(0, sys.argv[1])
import awry, findings_to_sentry, sentry_sdk
from sentry_sdk.transport import Transport

class Keep(Transport):
    def capture_envelope(self, envelope):
        event = envelope.get_event()
        if event is not None and event.get("logger") == "awry":
            print(json.dumps({key: event[key] for key in ("level", "fingerprint", "exception")}))

sentry_sdk.init(dsn="http://key@127.0.0.1:9/1", transport=Keep)
awry.start()
awry.on_finding(findings_to_sentry.capture)
asyncio.run(findings_to_sentry.main())
'''
USES = '''
import awry

def log(finding: awry.types.FoundFinding) -> None:
    error = finding["exception"]
    print(finding["count"] + 1, error["frames"][0]["line"] + 1 if error is not None else 0)

end = awry.on_finding(log)
end()
text: str = awry.snapshot(as_text=True)
line: int = awry.snapshot()["tasks"][0]["id"] + len(awry.findings()) + awry.report()["finding_count"]
recording: bool = awry.is_recording()
'''
MISUSES = '''
awry.on_finding(7)
awry.snapshot()["task"]
awry.findings()[0]["frame"]
text = awry.snapshot()
awry.start(1)
'''
MYPY = "[mypy]\nstrict = True\n[mypy-_awry.*]\nignore_missing_imports = True\nfollow_imports = skip\n"
KEYS = '''
import json, sys, typing
from awry import types

def keys(name):
    one = getattr(types, name)
    return sorted(one.__annotations__), sorted(one.__required_keys__ & one.__annotations__.keys())

print(json.dumps({name: keys(name) for name, one in vars(types).items() if typing.is_typeddict(one)}))
'''
# names of the types, and where docs/schema/report-1.json has them
IN_SCHEMA = {"Frame": "frame", "Task": "task", "Stack": "stack", "Error": "error", "Cancel": "cancel", "Allowed": "allowed", "Again": "again",
             "Finding": "finding", "Member": "member", "Loop": "loop"}


def prints(env, wanted, program, *arguments, **variables):
    done = env.run(env.python, "-c", program, *arguments, AWRY_STDERR="none", **variables)
    check(done.returncode == 0 and done.stdout == wanted, "expected", wanted, "got", done.returncode, done.stdout, done.stderr[-3000:])


def on_finding(env):
    prints(env, "on_finding() needs a callable, not int\n", CALLS)
    prints(env, "['program']\n", OWN)
    prints(env, "at the end MainThread\n", AT_END)
    prints(env, "deadlock\n", DEADLOCK, AWRY_DEADLOCK_MS="300")
    prints(env, "['child'] 2\n['parent']\n", FORKS)


def the_examples(env):
    done = env.run(env.python, f"{EXAMPLES}/findings_to_logging.py", AWRY_STDERR="none")
    check("ERROR awry never-retrieved: Task exception was never retrieved (1 so far)\nValueError: nobody asks for this\n  main at " in done.stderr, done)
    try:
        env.pip("install", "--quiet", "sentry-sdk>=2,<3")
    except Exception as error:  # pylint: disable=broad-except
        print(f"   not tested with Sentry: sentry-sdk cannot be installed: {str(error)[-200:]}")
        return
    done = env.run(env.python, "-c", SENTRY, EXAMPLES, AWRY_STDERR="none")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    check(done.returncode == 0 and len(events) == 1, done)
    [event], [finding] = events, [events[0]["exception"]["values"][-1]]
    check(event["level"] == "error" and event["fingerprint"][0] == "awry" and len(event["fingerprint"][1]) == 16, event)
    check((finding["type"], finding["value"]) == ("never-retrieved", "Task exception was never retrieved"), event)
    check([frame["function"] for frame in finding["stacktrace"]["frames"]][-1] == "main", event)
    check(event["exception"]["values"][0]["value"] == "nobody asks for this", event)


def the_types_have_the_schemas_keys(env):
    with open(f"{PROJECT}/docs/schema/report-1.json", encoding="utf-8") as file:
        schema = json.load(file)
    done = env.run(env.python, "-c", KEYS)
    check(done.returncode == 0, done)
    types = json.loads(done.stdout)
    for name, one in [*((name, schema["$defs"][key]) for name, key in IN_SCHEMA.items()),
                      ("Process", schema["properties"]["process"]), ("Losses", schema["properties"]["losses"]),
                      ("Iterations", schema["$defs"]["loop"]["properties"]["iterations"])]:
        required = [] if name == "Process" else sorted(one["required"])
        check(types[name] == [sorted(one["properties"]), required], name, types[name], "the schema:", sorted(one["properties"]), required)
    check(types["Report"][0] == sorted(schema["properties"]), types["Report"], sorted(schema["properties"]))
    tree = ("import asyncio, awry, json\nawry.start()\nasync def main():\n    task = asyncio.create_task(asyncio.sleep(9))\n    await asyncio.sleep(0.3)\n"
            "    print(json.dumps(awry.snapshot()))\n    task.cancel()\nasyncio.run(main())")
    snapshot = json.loads(env.run(env.python, "-c", tree).stdout)
    check(set(snapshot) == set(types["Snapshot"][0]) - {"left_out"}, sorted(snapshot), types["Snapshot"])
    for task in snapshot["tasks"]:
        check(set(types["LiveTask"][1]) <= set(task) <= set(types["LiveTask"][0]), sorted(task), types["LiveTask"])


def the_types_are_checked(env):
    try:
        env.pip("install", "--quiet", "mypy>=1.11,<3")
    except Exception as error:  # pylint: disable=broad-except
        print(f"   not tested with mypy: it cannot be installed: {str(error)[-200:]}")
        return
    folder = env.world.path("types")
    os.mkdir(folder)
    for name, text in ("mypy.ini", MYPY), ("uses.py", "import awry.types\n" + USES), ("misuses.py", USES.replace("import awry\n", "import awry, awry.types\n") + MISUSES):
        with open(f"{folder}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
    mypy = (env.python, "-m", "mypy", "--config-file", f"{folder}/mypy.ini", "--cache-dir", f"{folder}/cache")
    done = env.run(*mypy, "-m", "awry", "-m", "awry._notify", "-m", "awry.types", "-m", "awry.__main__")
    check(done.returncode == 0 and "no issues found in 4 source files" in done.stdout, done)
    done = env.run(*mypy, f"{folder}/uses.py")
    check(done.returncode == 0, done)
    done = env.run(*mypy, f"{folder}/misuses.py")
    check(f"Found {len(MISUSES.strip().splitlines())} errors" in done.stdout, done)
    done = env.run(env.python, "-m", "mypy.stubtest", "--mypy-config-file", f"{folder}/mypy.ini", "--ignore-missing-stub", "awry")
    check(done.returncode == 0, done)


CHECKS = (on_finding, the_examples, the_types_have_the_schemas_keys, the_types_are_checked)
