# SPDX-License-Identifier: MIT
# python: 3.11+
# exit: 0
# same: stdout stderr
# expect: none
# Trace, profile, monitoring and audit functions see the same calls during the import of asyncio as without awry
import sys

seen = []


def look(frame, event, argument):
    if frame.f_code.co_filename == "<string>" and frame.f_code.co_name in ("call_soon", "Loop", "wait", "work"):
        seen.append((event, frame.f_code.co_name))


def hear(event, arguments):
    if event == "compile" and b"import _asyncio" in (arguments[0] or b"" if isinstance(arguments[0], bytes) else b""):
        seen.append(event)


def monitor(code, offset):
    if code.co_name == "call_soon" and code.co_filename == "<string>":
        seen.append("monitored")


sys.addaudithook(hear)
sys.settrace(look)
sys.setprofile(look)
if sys.version_info >= (3, 12):
    sys.monitoring.use_tool_id(3, "test")
    sys.monitoring.register_callback(3, sys.monitoring.events.PY_START, monitor)
    sys.monitoring.set_events(3, sys.monitoring.events.PY_START)

import asyncio  # noqa: E402


async def main():
    await asyncio.gather(asyncio.sleep(0), asyncio.sleep(0))


asyncio.run(main())
print(sys.gettrace() is look, sys.getprofile() is look)
sys.settrace(None)
sys.setprofile(None)
print(seen)
