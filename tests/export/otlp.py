#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A collector gets the export over HTTP; OpenTelemetry's own generated code decodes it; it equals the recording.

    otlp.py AWRY EXAMPLES_FOLDER
"""
import base64
import gzip
import http.server
import json
import os
import subprocess
import threading

from packages import package
from recorded import Recording, check, main, must_fail

HERE = os.path.dirname(os.path.abspath(__file__))


class Collector(http.server.ThreadingHTTPServer):
    """Keeps the requests that it gets; `answers` are the statuses of the next requests, then 200."""

    def __init__(self, *answers, body=b"", headers=()):
        super().__init__(("127.0.0.1", 0), Handler)
        self.answers, self.body, self.extra = list(answers), body, headers
        self.got, self.refused = [], 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def __exit__(self, *arguments):
        self.shutdown()
        super().__exit__(*arguments)


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        status = self.server.answers.pop(0) if self.server.answers else 200
        if status == 200:
            self.server.got.append((self.path, dict(self.headers), body))
        else:
            self.server.refused += 1
        self.send_response(status)
        for name, value in self.server.extra:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        self.wfile.write(self.server.body)

    def log_message(self, *_):
        pass


def decoded(world, requests):
    files = []
    for at, (path, _, body) in enumerate(requests):
        files.append(world.path(f"{at}.{path.rsplit('/', 1)[1]}"))
        with open(files[-1], "wb") as file:
            file.write(body)
    done = subprocess.run(["node", os.path.join(HERE, "decode_otlp.cjs"), package("@opentelemetry/otlp-transformer"),
                           package("protobufjs"), *files], capture_output=True, text=True, timeout=300)
    check(done.returncode == 0, "OpenTelemetry's decoder:", done.stderr[-1500:])
    return json.loads(done.stdout)


def identity(value):
    """An id in hexadecimal, from hexadecimal or base64."""
    if not value:
        return ""
    return value if len(value) in (16, 32) and all(c in "0123456789abcdef" for c in value) \
        else base64.b64decode(value).hex()


def attributes(item):
    return {a["key"]: next(iter(a["value"].values())) for a in item.get("attributes", [])}


def gather(requests):
    spans = [s for r in requests for g in r.get("resourceSpans", []) for scope in g["scopeSpans"]
             for s in scope["spans"]]
    logs = [s for r in requests for g in r.get("resourceLogs", []) for scope in g["scopeLogs"]
            for s in scope["logRecords"]]
    resources = [attributes(g["resource"]) for r in requests
                 for g in r.get("resourceSpans", []) + r.get("resourceLogs", [])]
    return spans, logs, resources


def compare(recording, requests):
    spans, logs, resources = gather(requests)
    check(len(spans) == len(recording.created), "spans:", len(spans), "of", len(recording.created))
    by_task = {int(attributes(s)["awry.task.id"]): s for s in spans}
    check(set(by_task) == set(recording.created), "tasks")
    ids = {identity(s["spanId"]) for s in spans}
    check(len(ids) == len(spans), "span ids are not unique")
    linked = below = 0
    for task, created in recording.created.items():
        span, creator = by_task[task], created["args"]["creator"]
        begin, end = int(span["startTimeUnixNano"]), int(span["endTimeUnixNano"])
        # without an optional package, the decoder rounds large numbers to 256 ns
        check(abs(end - begin - (recording.done[task]["time_ns"] - created["time_ns"])) <= 512, "the life of", task)
        check(len(identity(span["traceId"])) == 32, "trace id of", task)
        if creator not in recording.created:
            continue
        detached = recording.done[creator]["time_ns"] < recording.done[task]["time_ns"]
        other = by_task[creator]
        check(identity(span["traceId"]) == identity(other["traceId"]), "trace of", task)
        if detached:
            linked += 1
            check(not span.get("parentSpanId") and identity(span["links"][0]["spanId"]) ==
                  identity(other["spanId"]), "the link of", task)
        else:
            below += 1
            check(identity(span["parentSpanId"]) == identity(other["spanId"]), "the parent of", task)
    check(below > 100, "children:", below, "links:", linked)
    failed = {t for t, e in recording.done.items() if e["names"]["outcome"] == "error"}
    check({t for t, s in by_task.items() if (s.get("status") or {}).get("code") == 2} == failed != set(), "failed")
    exceptions = [entry for entry in logs if entry.get("eventName") == "exception"
                  or "exception.type" in attributes(entry)]
    check(len(exceptions) == len(recording.errors), "exceptions:", len(exceptions), len(recording.errors))
    for entry in exceptions:
        values = attributes(entry)
        check(values["exception.stacktrace"].startswith("Traceback"), "stack trace")
        check(values.get("exception.message", "") == recording.errors[int(values["awry.error.id"])]["text"], "message")
        check(int(entry["severityNumber"]) == 17, "severity")
    findings = [entry for entry in logs if "awry.finding.kind" in attributes(entry)]
    check(sorted(attributes(f)["awry.finding.kind"] for f in findings) ==
          sorted(f["names"]["kind"] for f in recording.findings), "findings")
    check(all(not identity(f.get("spanId")) or identity(f["spanId"]) in ids for f in findings), "a span of no task")
    events = sum(1 for s in spans for e in s.get("events", []) if e["name"] == "exception")
    check(0 < events <= len(recording.errors), "exception events:", events)
    return resources


CONVENTIONS = {"filename": "file.path", "uri": "url.full", "status_code": "http.response.status_code",
               "returncode": "process.exit.code"}


def typed(text):
    """The exported form of a recorded value, which is a Python repr()."""
    if text.lstrip("-").isdigit():
        return int(text)
    return text[1:-1] if len(text) > 2 and text[0] == text[-1] in "'\"" and "\\" not in text else text


def told_of(recording, kind):
    """The notes or attributes of each error, without repetitions."""
    told = {}
    for event in recording.events:
        if event["kind"] == kind:
            key = recording.strings[event["args"]["key"]] if kind == "error-attribute" else None
            if (entry := (key, event.get("text", ""))) not in told.setdefault(event["subject"], []):
                told[event["subject"]].append(entry)
    return told


def value_of(value):
    [(kind, it)] = value.items()
    return int(it) if kind == "intValue" else [value_of(v) for v in it["values"]] if kind == "arrayValue" else it


def compare_details(recording, requests):
    """Notes and attributes, in the log records and in the events of spans."""
    spans, logs, _ = gather(requests)
    notes, kept = told_of(recording, "error-note"), told_of(recording, "error-attribute")
    events = [e for s in spans for e in s.get("events", []) if e["name"] == "exception"]
    records = [entry for entry in logs if "exception.type" in attributes(entry)]
    check(len(records) == len(recording.errors) and len(events) > 0, "errors:", len(records), "events:", len(events))
    counted = {"awry.error.notes": 0, "attributes": 0}
    for entry in records + events:
        values = {a["key"]: value_of(a["value"]) for a in entry["attributes"]}
        check(len(values) == len(entry["attributes"]), "a key twice:", entry["attributes"])
        error = int(values["awry.error.id"])
        check(values.get("awry.error.notes", []) == [text for _, text in notes.get(error, [])], "the notes of", error)
        wanted = {CONVENTIONS.get(key, "awry.error.attribute." + key): typed(text) for key, text in kept.get(error, [])}
        check({key: values.get(key) for key in wanted} == wanted, "the attributes of", error, values, wanted)
        if entry in records:
            counted["awry.error.notes"] += len(values.get("awry.error.notes", []))
            counted["attributes"] += sum(1 for key in values if key.startswith("awry.error.attribute.")
                                         or key in CONVENTIONS.values())
    check(counted["awry.error.notes"] == sum(map(len, notes.values())) > 1, counted, "notes")
    check(counted["attributes"] == sum(map(len, kept.values())) > 5, counted, "attributes")


def without_details(requests):
    for entry in gather(requests)[1]:
        entry["attributes"] = [a for a in entry["attributes"] if a["key"] != "awry.error.notes"]
    return requests


def notes_and_attributes_come_along():
    with Recording("resilient_feed", least=1) as recording, Collector() as collector:
        recording.world.good("export", recording.trace, "--format", "otlp", "--endpoint", collector.url)
        requests = decoded(recording.world, collector.got)
        compare_details(recording, requests)
        with open(recording.export("otlp"), encoding="utf-8") as file:
            compare_details(recording, [json.loads(line) for line in file])
        must_fail("lost notes", compare_details, recording, without_details(requests))


def a_collector_gets_everything():
    with Recording() as recording:
        for variables in ({}, {"OTEL_EXPORTER_OTLP_COMPRESSION": "gzip"}):
            with Collector() as collector:
                recording.world.good("export", recording.trace, "--format", "otlp", OTEL_SERVICE_NAME="feed",
                                     OTEL_EXPORTER_OTLP_ENDPOINT=collector.url + "/", **variables,
                                     OTEL_RESOURCE_ATTRIBUTES="deployment.environment=a%20b,service.name=other",
                                     OTEL_EXPORTER_OTLP_HEADERS="x-key=a%3Db, x-other=2")
                check({path for path, _, _ in collector.got} == {"/v1/traces", "/v1/logs"}, "paths")
                check(all(h["x-key"] == "a=b" and h["x-other"] == "2" and h["Content-Type"] ==
                          "application/x-protobuf" for _, h, _ in collector.got), collector.got[0][1])
                check(all(("Content-Encoding" in h) == bool(variables) for _, h, _ in collector.got), "encoding")
                requests = decoded(recording.world, collector.got)
                resources = compare(recording, requests)
                check(all(r["service.name"] == "feed" and r["deployment.environment"] == "a b" for r in resources),
                      resources[0])
                must_fail("a lost request", compare, recording, requests[1:])


def json_is_the_same():
    with Recording() as recording, Collector() as collector:
        recording.world.good("export", recording.trace, "--format", "otlp", "--endpoint", collector.url,
                             OTEL_EXPORTER_OTLP_PROTOCOL="http/json")
        check(all(h["Content-Type"] == "application/json" for _, h, _ in collector.got), "content type")
        compare(recording, [json.loads(body) for _, _, body in collector.got])
        with open(recording.export("otlp"), encoding="utf-8") as file:
            lines = [json.loads(line) for line in file]
        compare(recording, lines)
        for line in lines:
            for entry in gather([line])[0] + gather([line])[1]:
                check(entry.get("traceId") is None or len(entry["traceId"]) == 32, "ids are hexadecimal in JSON")


def temporary_failures_are_retried():
    with Recording() as recording, Collector(503, 429, headers=[("Retry-After", "1")]) as collector:
        recording.world.good("export", recording.trace, "--format", "otlp", "--endpoint", collector.url)
        check(collector.refused == 2, "refused:", collector.refused)
        compare(recording, decoded(recording.world, collector.got))


def permanent_failures_are_reported():
    with Recording() as recording:
        with Collector(400) as collector:
            done = recording.world.run_awry("export", recording.trace, "--format", "otlp", "--endpoint", collector.url)
            check(done.returncode == 1 and "status 400" in done.stderr, done)
            check(len(done.stderr.splitlines()) == 1 and collector.refused == 1 and not collector.got, done.stderr)
        partial = b"\x0a\x0b\x08\x05\x12\x07too old"
        with Collector(body=partial) as collector:
            done = recording.world.run_awry("export", recording.trace, "--format", "otlp", "--endpoint", collector.url)
            check(done.returncode == 0 and "5 spans were not taken: too old" in done.stderr, done)
        for name, value, words in (("PROTOCOL", "grpc", "http/protobuf and http/json"), ("TIMEOUT", "x", "milliseconds"),
                                   ("COMPRESSION", "zip", "gzip and none"), ("HEADERS", "a%0Db=1%0Ax", "HEADERS"),
                                   ("ENDPOINT", "ftp://x", "http://")):
            done = recording.world.run_awry("export", recording.trace, "--format", "otlp",
                                            **{"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:9",
                                               "OTEL_EXPORTER_OTLP_" + name: value})
            check(done.returncode == 1 and words in done.stderr, name, done)


main(a_collector_gets_everything, notes_and_attributes_come_along, json_is_the_same, temporary_failures_are_retried, permanent_failures_are_reported)
