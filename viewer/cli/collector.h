/* SPDX-License-Identifier: MIT */
/*
 * An OTLP collector, spoken to over HTTP, as OpenTelemetry's variables say: OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS,
 * _TIMEOUT, _PROTOCOL (http/protobuf or http/json), _COMPRESSION (gzip or none), _CERTIFICATE; each also with TRACES_
 * or LOGS_ in it, for one kind alone. OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say whose it is.
 */
#ifndef AW__CLI_COLLECTOR_H
#define AW__CLI_COLLECTOR_H

#include "viewer/export/export.h"

struct aw__collector;

/** The endpoint of the environment; NULL if there is none. */
const char *aw__collector_environment(void);
/** NULL if a variable has a value that is not allowed, or `endpoint` is no URL: `problem` says which. */
struct aw__collector *aw__collector_create(const char *endpoint, struct aw__problem *problem);
void aw__collector_destroy(struct aw__collector *collector);
/** Whether it wants JSON. */
bool aw__collector_json(const struct aw__collector *collector);
/** An aw__export_send; `arg` is a struct aw__collector. Tries again, for a while, what may pass. */
bool aw__collector_send(void *arg, enum aw__export_signal signal, const void *body, size_t length,
			struct aw__problem *problem);
/** Add the labels that the environment gives to the process. */
void aw__collector_add_labels(struct aw__export *export);

#endif
