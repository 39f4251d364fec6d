#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Make a C file of the page's style and script, with the hashes by which its policy knows them.

    embed.py OUT.c NAME=FILE...
"""
import base64
import hashlib
import sys

out, *pairs = sys.argv[1:]
with open(out, "w", encoding="ascii") as file:
    file.write('/* made by embed.py */\n#include "viewer/report/html.h"\n')
    for pair in pairs:
        name, path = pair.split("=", 1)
        with open(path, "rb") as source:
            data = source.read()
        if b"</" + name.encode() in data.lower():
            sys.exit(f"{path}: would end its own element")
        digest = base64.b64encode(hashlib.sha256(data).digest()).decode()
        file.write(f"\nconst char aw__html_{name}[] = {{\n")
        for at in range(0, len(data), 20):
            file.write("\t" + " ".join(f"{byte if byte < 128 else byte - 256}," for byte in data[at:at + 20]) + "\n")
        file.write(f"\t0\n}};\nconst char aw__html_{name}_hash[] = \"sha256-{digest}\";\n")
