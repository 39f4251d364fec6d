/* SPDX-License-Identifier: MIT */
/*
 * A client of an OTLP collector over HTTP, which follows OpenTelemetry's variables: OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS,
 * _TIMEOUT, _PROTOCOL (http/protobuf or http/json), _COMPRESSION (gzip or none), _CERTIFICATE; each also with TRACES_
 * or LOGS_ in its name, for that signal only. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES describe the process.
 */
#ifndef AW__CLI_COLLECTOR_H
#define AW__CLI_COLLECTOR_H

#include "viewer/export/export.h"

struct aw__collector;

/** The endpoint of the environment; NULL if there is none. */
const char *aw__collector_environment(void);
/** NULL if a variable has an invalid value, or `endpoint` is not a URL: `problem` says which. */
struct aw__collector *aw__collector_create(const char *endpoint, struct aw__problem *problem);
void aw__collector_destroy(struct aw__collector *collector);
/** Whether requests are JSON. */
bool aw__collector_json(const struct aw__collector *collector);
/** An aw__export_send; `arg` is a struct aw__collector. Retries for a while if the failure may be temporary. */
bool aw__collector_send(void *arg, enum aw__export_signal signal, const void *body, size_t length,
			struct aw__problem *problem);
/** Add the labels that the environment gives to the process. */
void aw__collector_add_labels(struct aw__export *export);

#endif
