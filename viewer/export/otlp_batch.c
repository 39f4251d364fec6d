/* SPDX-License-Identifier: MIT */
/*
 * Gathers spans and log records for the otlp exporter, and writes or sends them as one request, with the resource
 * that they belong to.
 */
#include "viewer/export/otlp.h"

#include <errno.h>
#include <string.h>

#include "base/alloc.h"
#include "viewer/export/protobuf.h"

static const char *below(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

static Otlp__Resource *resource(struct aw__export *export, struct aw__otlp_arena *arena)
{
	const struct aw__hello *hello = aw__model_hello(export->names);
	Otlp__Resource *it = aw__otlp_alloc(arena, sizeof(*it));
	struct aw__otlp_attributes attributes;

	otlp__resource__init(it);
	aw__otlp_attributes(&attributes, arena);
	for (size_t i = 0; i < export->label_count; i++)
		if (!aw__otlp_attribute_is_there(&attributes, export->labels[i].key))
			aw__otlp_attribute_string(&attributes, export->labels[i].key,
						  export->labels[i].value);
	if (!aw__otlp_attribute_is_there(&attributes, "service.name"))
		aw__otlp_attribute_string(&attributes, "service.name",
					  hello != NULL && hello->program[0] != '\0'
						  ? below(hello->program)
						  : "unknown_service");
	if (hello != NULL && !aw__otlp_attribute_is_there(&attributes, "process.pid"))
		aw__otlp_attribute_number(&attributes, "process.pid", hello->pid);
	if (hello != NULL && !aw__otlp_attribute_is_there(&attributes, "process.executable.path"))
		aw__otlp_attribute_string(&attributes, "process.executable.path", hello->program);
	if (hello != NULL && !aw__otlp_attribute_is_there(&attributes, "process.runtime.name"))
		aw__otlp_attribute_string(&attributes, "process.runtime.name", hello->runtime);
	it->n_attributes = attributes.count;
	it->attributes = attributes.items;
	return it;
}

static Otlp__Scope *scope(struct aw__otlp_arena *arena)
{
	Otlp__Scope *it = aw__otlp_alloc(arena, sizeof(*it));

	otlp__scope__init(it);
	it->name = aw__otlp_text(arena, "awry", 4);
	return it;
}

/* Send the request to the collector, or write it as a line of the file. */
static void leave(struct aw__export *export, enum aw__export_signal signal,
		  const ProtobufCMessage *message)
{
	struct aw__buffer *out = &export->out;

	if (export->send == NULL || export->send_json) {
		aw__write_begin(export, NULL, '{');
		aw__otlp_json(export, message);
		aw__write_end(export, '}');
	} else {
		aw__protobuf_pack(out, message);
	}
	if (export->send == NULL) {
		aw__write_line(export, "\n");
		return;
	}
	export->comma = false;
	if (out->failed)
		export->error = export->error != 0 ? export->error : ENOMEM;
	else if (export->error == 0 &&
		 !export->send(export->send_arg, signal, out->data, out->length, &export->problem))
		export->error = ECANCELED;
	export->written += out->length;
	aw__buffer_clear(out);
}

void aw__otlp_flush_spans(struct aw__export *export)
{
	struct aw__otlp *state = export->state;
	Otlp__TraceRequest request = OTLP__TRACE_REQUEST__INIT;
	Otlp__ResourceSpans of_resource = OTLP__RESOURCE_SPANS__INIT, *resources = &of_resource;
	Otlp__ScopeSpans of_scope = OTLP__SCOPE_SPANS__INIT, *scopes = &of_scope;

	if (state->span_count > 0) {
		of_scope.scope = scope(&state->spans_arena);
		of_scope.n_spans = state->span_count;
		of_scope.spans = state->spans;
		of_resource.resource = resource(export, &state->spans_arena);
		of_resource.n_scope_spans = 1;
		of_resource.scope_spans = &scopes;
		request.n_resource_spans = 1;
		request.resource_spans = &resources;
		leave(export, AW__EXPORT_TRACES, &request.base);
	}
	state->span_count = 0;
	aw__otlp_arena_finish(&state->spans_arena);
}

void aw__otlp_flush_logs(struct aw__export *export)
{
	struct aw__otlp *state = export->state;
	Otlp__LogsRequest request = OTLP__LOGS_REQUEST__INIT;
	Otlp__ResourceLogs of_resource = OTLP__RESOURCE_LOGS__INIT, *resources = &of_resource;
	Otlp__ScopeLogs of_scope = OTLP__SCOPE_LOGS__INIT, *scopes = &of_scope;

	if (state->log_count > 0) {
		of_scope.scope = scope(&state->logs_arena);
		of_scope.n_log_records = state->log_count;
		of_scope.log_records = state->logs;
		of_resource.resource = resource(export, &state->logs_arena);
		of_resource.n_scope_logs = 1;
		of_resource.scope_logs = &scopes;
		request.n_resource_logs = 1;
		request.resource_logs = &resources;
		leave(export, AW__EXPORT_LOGS, &request.base);
	}
	state->log_count = 0;
	aw__otlp_arena_finish(&state->logs_arena);
}
