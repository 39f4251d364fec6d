# SPDX-License-Identifier: MIT
"""Sends awry's findings to Sentry: SENTRY_DSN=… python findings_to_sentry.py, where the wheel and sentry-sdk are installed."""
import asyncio

import sentry_sdk

import awry

LEVELS = {"error": "error", "warning": "warning", "note": "info"}


def stack_trace(frames):
    """Sentry has the outermost frame first."""
    return {"frames": [{"function": frame["function"], "filename": frame["file"], "abs_path": frame["file"], "lineno": frame["line"],
                        "in_app": not frame.get("machinery") and "/site-packages/" not in (frame["file"] or "")} for frame in reversed(frames)]}


def capture(finding):
    """One event for each finding; another one if it happens again at the same place. Sentry groups them by the fingerprint."""
    error = finding["exception"]
    value = {"type": finding["kind"], "value": finding["title"], "stacktrace": stack_trace(finding["frames"]),
             "mechanism": {"type": "awry", "handled": False}}
    values = [value]
    if error:  # Sentry shows the last one first
        values.insert(0, {"type": error["type"], "value": error["message"], "stacktrace": stack_trace(error["frames"])})
    sentry_sdk.capture_event({
        "logger": "awry", "level": LEVELS[finding["level"]], "fingerprint": ["awry", finding["fingerprint"]], "exception": {"values": values},
        "contexts": {"awry": {"task": (finding["task"] or {}).get("name"), "count": finding["count"], "detail": finding["detail"],
                              "meaning": finding["meaning"], "advice": finding["advice"]}}})


async def fails():
    raise ValueError("nobody asks for this")


async def main():
    asyncio.create_task(fails())  # the finding
    await asyncio.sleep(1)


if __name__ == "__main__":
    sentry_sdk.init()  # SENTRY_DSN says where to
    awry.start()
    awry.on_finding(capture)
    asyncio.run(main())
