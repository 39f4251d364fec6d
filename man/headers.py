# SPDX-License-Identifier: MIT
"""Parse the public headers: each declaration with its comment, as data.

The headers are the authority on the API. The manual is made from them (man/api.py), and a test checks their
form (tests/architecture/check_headers.py); both read them through this file. It parses the C of
these headers, not any C: declarations at file scope, one at a time, each after its comment.
"""
import os
import re

# The library of a header's functions; libawry of all others.
LIBRARIES = {"awry/agent.h": "awry-agent", "awry/agent_resilience.h": "awry-agent", "awry/agent_start.h": "awry-agent",
             "awry/interpreter.h": "awry-agent", "awry/tls.h": "awry-tls"}

TAGS = ("Shape", "Units", "Returns", "Errors", "Owner", "Context", "Source", "Since")

TAG_LINE = re.compile(rf"({'|'.join(TAGS)}):\s+(.*)")
SECTION = re.compile(r"/\* -{20,}\n \* (.*?)(?:\n \*/|\.\s|\n)", re.S)
CXX_BEGIN = re.compile(r"#\s*if(?:def __cplusplus| defined\(__cplusplus\))")
DECLARED = re.compile(r"(aw_\w+)\s*(?:\(|\[|;|=|$)")


class Doc:
    """A comment: a first sentence, paragraphs, parameters, tags. All text is one line, without the stars."""

    def __init__(self, comment):
        lines = [re.sub(r"^\s*\*? ?", "", line).rstrip()
                 for line in comment.removeprefix("/**").removesuffix("*/").strip().split("\n")]
        if len(lines) == 1:  # the short form: a sentence or two, then maybe tags
            lines = re.sub(rf" (?=(?:{'|'.join(TAGS)}): )", "\n", lines[0]).split("\n")
        self.lines = lines
        self.paragraphs, self.params, self.tags = [], [], {}
        add = self._paragraph_adder()
        for line in lines:
            if not line:
                add = self._paragraph_adder()
            elif match := re.match(r"@param (\S+)\s*(.*)", line):
                self.params.append([match[1], match[2]])
                add = self._adder(self.params[-1], 1)
            elif match := TAG_LINE.match(line):
                self.tags[match[1]] = match[2]
                add = self._adder(self.tags, match[1])
            else:
                add(line.strip())
        self.summary = self.paragraphs[0] if self.paragraphs else ""

    def _paragraph_adder(self):
        started = []

        def add(text):
            if started:
                self.paragraphs[-1] += " " + text
            else:
                self.paragraphs.append(text)
                started.append(True)
        return add

    @staticmethod
    def _adder(holder, key):
        def add(text):
            holder[key] = (holder[key] + " " + text).strip()
        return add


class Entry:
    """One declaration: a function, macro, type or variable, with the comment before it (None: it has none)."""

    def __init__(self, kind, name, text, doc, section, line):
        self.kind, self.name, self.text, self.doc, self.section, self.line = kind, name, text, doc, section, line

    @property
    def parameters(self):
        if self.kind == "macro" or self.kind == "function":
            inside = re.search(rf"\b{self.name}\((?:/\*)?\s*(.*?)(?:\*/\.\.\.)?\)", self.text)
            names = re.findall(r"(\w+|\.\.\.)(?:\[\w*\])?\s*(?:,|$)", inside[1]) if inside else []
            return [name for name in names if name != "void"]
        return None  # fields

    @property
    def fallible(self):
        return self.kind == "function" and re.match(r"aw_error \*", self.text) is not None


class Header:
    def __init__(self, path):
        self.path = path
        self.name = "awry/" + os.path.basename(path) if os.path.basename(path) != "awry.h" else "awry.h"
        with open(path) as file:
            self.source = file.read()
        self.doc, self.entries, self.sections = None, [], []
        self._read(without_cxx(self.source))

    def _read(self, text):
        at, doc, section, inside = 0, None, "", re.compile(r"\s*")
        while (at := inside.match(text, at).end()) < len(text):
            line = text.count("\n", 0, at) + 1
            if text.startswith("/*", at):
                end = text.index("*/", at) + 2
                comment = text[at:end]
                if match := SECTION.match(comment):
                    section = match[1].strip().rstrip(".")
                    self.sections.append(section)
                if comment.startswith("/**"):
                    doc = Doc(comment)
                    self.doc = self.doc or doc
                at = end
                continue
            if text.startswith("#", at):
                end = re.compile(r"(?:\\\n|[^\n])*").match(text, at).end()
                if match := re.match(r"#define ((?:aw|AW)_\w+)", text[at:end]):
                    self._add("macro", match[1], one_line(text[at + len("#define "):end]), doc, section, line)
                doc, at = doc if re.match(r"#\s*(if|endif|else)", text[at:]) else None, end
                continue
            if match := re.compile(r'extern "C" \{|\}|AW_\w+\(\w+\)\n').match(text, at):
                at = match.end()
                continue
            end = declaration_end(text, at)
            self._declaration(text[at:end], doc, section, line)
            doc, at = None, end

    def _declaration(self, text, doc, section, line):
        plain = one_line(re.sub(r"/\*.*?\*/", "", text, flags=re.S))
        plain = re.sub(r"\b(AW_API|AW_AGENT_API|AW_MUST_USE|AW_PRINTF\([^)]*\)|extern|static inline)\s*", "", plain)
        head = re.sub(r"\{.*\}", "", plain)
        if match := re.search(r"(\baw_\w+)\(", head):
            kind = "type" if head.startswith("typedef") else "function"
            self._add(kind, match[1], plain.split("{")[0].strip().rstrip(";") + ";", doc, section, line)
        elif match := re.match(r"(?:typedef )?(?:struct|enum)\s*(\w*)\s*(.*?);", head):
            name = match[2] if head.startswith("typedef") and match[2] else match[1]
            if "{" in plain or doc is not None:
                self._add("type", re.sub(r"^\w+ ", "", name), text.strip(), doc, section, line)
        elif match := re.search(r"\b(aw_\w+)(?:\[\d*\])?;", head):
            kind = "type" if head.startswith("typedef") else "variable"
            self._add(kind, match[1], plain, doc, section, line)

    def _add(self, kind, name, text, doc, section, line):
        self.entries.append(Entry(kind, name, text, doc, section, line))

    @property
    def functions(self):
        """The functions that a program calls, and the macros that act as one."""
        return [entry for entry in self.entries if entry.name.startswith("aw_") and not entry.name.startswith("aw__")
                and entry.kind in ("function", "macro")]


def without_cxx(text):
    """The header as a C compiler sees it: lines for C++ only are blank."""
    kept, hidden, depth = [], None, 0
    for line in text.split("\n"):
        if re.match(r"#\s*if", line):
            depth += 1
            if hidden is None and CXX_BEGIN.match(line):
                hidden = depth
        elif re.match(r"#\s*(else|elif)", line) and hidden == depth:
            hidden = -depth
        show = hidden is None or hidden < 0
        if re.match(r"#\s*endif", line):
            if hidden is not None and abs(hidden) == depth:
                hidden = None
            depth -= 1
        kept.append(line if show else "")
    return "\n".join(kept)


def declaration_end(text, at):
    depth = 0
    for match in re.compile(r"/\*.*?\*/|[{};]", re.S).finditer(text, at):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth -= 1
            if depth == 0 and re.match(r"static inline", text[at:]):
                return match.end()
        elif match[0] == ";" and depth == 0:
            return match.end()
    raise ValueError("a declaration without an end: " + text[at:at + 60])


def one_line(text):
    return re.sub(r"\s+", " ", text.replace("\\\n", " ")).strip()


def read_all(folder):
    names = sorted(name for name in os.listdir(os.path.join(folder, "awry")) if name.endswith(".h"))
    return [Header(os.path.join(folder, "awry", name)) for name in names]
