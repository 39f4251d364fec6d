# SPDX-License-Identifier: MIT
"""Runs cells in a Jupyter kernel, for services.py: reads a JSON list of cells from stdin, prints a JSON list of what each printed.

    kernel.py KERNEL
"""
import json
import sys

from jupyter_client.manager import start_new_kernel

manager, client = start_new_kernel(kernel_name=sys.argv[1])
try:
    outputs = []
    for cell in json.load(sys.stdin):
        texts = []

        def keep(message):
            content = message["content"]
            texts.append(content.get("text") or "\n".join(content.get("traceback", [])))

        client.execute_interactive(cell, timeout=60, output_hook=keep)
        outputs.append("".join(texts))
    print(json.dumps(outputs))
finally:
    client.stop_channels()
    manager.shutdown_kernel(now=True)
