# SPDX-License-Identifier: MIT
"""Sends awry's findings to the module logging: python findings_to_logging.py, where the wheel is installed."""
import asyncio
import logging

import awry

LEVELS = {"error": logging.ERROR, "warning": logging.WARNING, "note": logging.INFO}
logger = logging.getLogger("awry")


def log(finding):
    """One record for each finding; another one if it happens again at the same place."""
    error = finding["exception"]
    lines = [f"{finding['kind']}: {finding['title']} ({finding['count']} so far)"]
    if error:
        lines.append(f"{error['type']}: {error['message'] or ''}")
    lines += [f"  {frame['function']} at {frame['file']}:{frame['line']}" for frame in finding["frames"] if not frame.get("machinery")]
    logger.log(LEVELS[finding["level"]], "%s", "\n".join(lines), extra={"finding": finding})


async def fails():
    raise ValueError("nobody asks for this")


async def main():
    asyncio.create_task(fails())  # the finding
    await asyncio.sleep(1)


if __name__ == "__main__":
    logging.basicConfig(format="%(levelname)s %(name)s %(message)s")
    awry.start()
    awry.on_finding(log)
    asyncio.run(main())
