#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Write the manual of the API from the public headers: aw_NAME.3 for each function, awry_HEADER.3 for each header.

    api.py INCLUDE_FOLDER OUT_FOLDER SCDOC

The text of a page is that of the header; headers.py describes the form.
"""
import os
import re
import subprocess
import sys

import headers

TAG_TITLES = {"Shape": "SHAPE", "Units": "UNITS", "Returns": "RETURN VALUE", "Errors": "ERRORS", "Owner": "OWNERSHIP",
              "Context": "CONTEXT", "Source": "SOURCE", "Since": "SINCE"}


def plain(text):
    """Text, escaped for scdoc; text between backticks becomes bold."""
    parts = re.split(r"`([^`]+)`", text)
    escaped = [re.sub(r"([\\*_#\[\]<>~`.])", r"\\\1", part) for part in parts]
    return "".join(f"*{part}*" if i % 2 else part for i, part in enumerate(escaped))


def lower_first(text):
    return text[0].lower() + text[1:] if text[:2].istitle() or text[1:2] == " " else text


def name_line(entry):
    return lower_first(re.split(r"(?<=[a-z)])[.:] ", entry.doc.summary + " ")[0].rstrip(". :"))


def literal(text):
    return ["```", text, "```", ""]


def prototype(entry):
    if entry.kind == "macro":
        return f"{entry.name}({', '.join(entry.parameters)})"
    return wrap(entry.text)


def wrap(text, width=76):
    """A prototype that is too long for a line is broken behind its commas."""
    if len(text) <= width:
        return text
    head, arguments = text.split("(", 1)
    lines, line = [], head + "("
    for argument in re.split(r"(?<=,) ", arguments):
        if len(line) + len(argument) > width and line.strip():
            lines.append(line.rstrip())
            line = " " * 8
        line += argument + " "
    return "\n".join(lines + [line.rstrip()])


def parameters(doc):
    for name, text in doc.params:
        yield from (f"*{plain(name)}*", f"\t{plain(text)}", "")


def tags(doc):
    for tag in headers.TAGS:
        if tag in doc.tags:
            yield from (f"# {TAG_TITLES[tag]}", "", plain(doc.tags[tag]), "")


def function_page(header, entry):
    siblings = [other.name for other in header.functions
                if other is not entry and other.section == entry.section and other.doc is not None]
    lines = [f'{entry.name}(3) "awry" "awry API"', "", "# NAME", "", f"{entry.name} - {plain(name_line(entry))}", "",
             "# SYNOPSIS", "", f"*#include <{header.name}>*", ""]
    lines += literal(prototype(entry))
    lines += library(header)
    lines += ["# DESCRIPTION", ""]
    for paragraph in entry.doc.paragraphs:
        lines += [plain(paragraph), ""]
    if entry.doc.params:
        lines += ["# PARAMETERS", "", *parameters(entry.doc)]
    lines += tags(entry.doc)
    lines += ["# SEE ALSO", "", ", ".join(f"*{name}*(3)" for name in [header_page_name(header), *siblings]), ""]
    return "\n".join(lines)


def library(header):
    name = headers.LIBRARIES.get(header.name, "awry")
    return ["# LIBRARY", "", f"*-l{plain(name)}* (pkg-config *{plain(name)}*, CMake *awry::{plain(name)}*)", ""]


def header_page_name(header):
    return "awry_" + os.path.basename(header.name).removesuffix(".h")


def header_page(header):
    title, _, rest = header.doc.summary.partition(" - ")
    lines = [f'{header_page_name(header)}(3) "awry" "awry API"', "", "# NAME", "",
             f"{header_page_name(header)} - {plain(rest.rstrip('.'))}", "", "# SYNOPSIS", "", f"*#include <{header.name}>*",
             "", *library(header), "# DESCRIPTION", ""]
    for paragraph in header.doc.paragraphs[1:]:
        lines += [plain(paragraph), ""]
    for section in [""] + header.sections:
        lines += section_of(header, section)
    lines += tags(header.doc)
    return "\n".join(lines)


def section_of(header, section):
    entries = [entry for entry in header.entries if entry.section == section and entry.doc is not None
               and re.match(r"(aw|AW)_[A-Za-z]", entry.name) and not entry.name.endswith("_H")]
    if entries and section:
        yield from (f"# {plain(section.split(':')[0].upper())}", "")
    for entry in entries:
        if entry in header.functions:
            yield from (f"*{entry.name}*(3)", f"\t{plain(entry.doc.summary)}", "")
        else:
            yield from (f"*{plain(entry.name)}*", f"\t{plain(entry.doc.summary)}", "")
            if entry.kind == "type" and "{" in entry.text:
                yield from literal(entry.text.replace("\t", "    "))


def pages(header):
    if header.doc is None or not header.entries:
        return
    yield header_page_name(header), header_page(header)
    for entry in header.functions:
        if entry.doc is not None:
            yield entry.name, function_page(header, entry)


def main(include, out, scdoc):
    os.makedirs(out, exist_ok=True)
    written = set()
    for header in headers.read_all(include):
        for name, text in pages(header):
            done = subprocess.run([scdoc], input=text, capture_output=True, text=True)
            if done.returncode != 0:
                sys.exit(f"{header.name}: {name}: {done.stderr.strip()}\n{text}")
            with open(os.path.join(out, name + ".3"), "w") as file:
                file.write(done.stdout)
            written.add(name + ".3")
    for stale in set(os.listdir(out)) - written:
        os.unlink(os.path.join(out, stale))


main(*sys.argv[1:])
