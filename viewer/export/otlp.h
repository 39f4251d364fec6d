/* SPDX-License-Identifier: MIT */
/*
 * OpenTelemetry: tasks as spans, errors and findings as log records.
 *
 * All tasks of one root task are one trace. A task's parent is the span of its creator, if that was still there
 * when the task finished: it waited for it, or could have. A task that outlived its creator was detached: its span
 * has no parent, and a link to its creator's. A span is written when the task finished; of tasks that did not, at
 * the end, with awry.task.unfinished. Errors are `exception` events of the span in which they were raised, and
 * log records with the same attributes (exception.type, exception.message, exception.stacktrace, and what
 * otlp_error.c says of notes and attributes); whatever is told of
 * a task after its end (a finding, most of all) is a log record alone, which names the span.
 *
 * Messages are made of protobuf-c's structs in an arena and leave in batches, as protobuf or, by the structs'
 * descriptors, as JSON: a line each, if they go to a file.
 */
#ifndef AW__EXPORT_OTLP_H
#define AW__EXPORT_OTLP_H

#include "otlp.pb-c.h"
#include "viewer/export/follow.h"
#include "viewer/export/frames.h"

#define AW__OTLP_BATCH	      512u	  /* spans, or log records */
#define AW__OTLP_BATCH_BYTES  (1u << 20)  /* of texts in one batch: then it leaves, too */
#define AW__OTLP_MOST_EVENTS  64u	  /* of a span */
#define AW__OTLP_MOST_WAITING (64u << 20) /* bytes of events whose spans have not ended */
#define AW__OTLP_MOST_ATTRS   48u
#define AW__OTLP_TRACE_BYTES  16u
#define AW__OTLP_SPAN_BYTES   8u
#define AW__OTLP_MOST_SEEN    (1u << 18)
#define AW__OTLP_MOST_OPEN    64u    /* errors of which more may be told */
#define AW__OTLP_MOST_NOTES   32u    /* of an error; the same for its attributes */
#define AW__OTLP_MOST_TEXT    16384u /* bytes of one of them */

/* Severities. */
#define AW__OTLP_WARN  13u
#define AW__OTLP_ERROR 17u

/* Memory that is given up all at once. */
struct aw__otlp_arena {
	struct aw__otlp_chunk *chunks;
	size_t bytes;
};

void *aw__otlp_alloc(struct aw__otlp_arena *arena, size_t bytes);
/** Valid UTF-8, NUL-terminated; "" for NULL. */
char *aw__otlp_text(struct aw__otlp_arena *arena, const char *text, size_t length);
/** Everything in `other` is in `arena` from now on. */
void aw__otlp_arena_join(struct aw__otlp_arena *arena, struct aw__otlp_arena *other);
void aw__otlp_arena_finish(struct aw__otlp_arena *arena);

/* Attributes of something, while it is made. */
struct aw__otlp_attributes {
	struct aw__otlp_arena *arena;
	Otlp__KeyValue **items;
	size_t count;
	uint32_t dropped; /* there was no room for them */
};

void aw__otlp_attributes(struct aw__otlp_attributes *attributes, struct aw__otlp_arena *arena);
void aw__otlp_attribute_integer(struct aw__otlp_attributes *attributes, const char *key,
				int64_t number);
void aw__otlp_attribute_number(struct aw__otlp_attributes *attributes, const char *key,
			       uint64_t number);
void aw__otlp_attribute_bool(struct aw__otlp_attributes *attributes, const char *key, bool is);
/** Nothing if the text is NULL or empty. */
void aw__otlp_attribute_text(struct aw__otlp_attributes *attributes, const char *key,
			     const char *text, size_t length);
bool aw__otlp_attribute_is_there(const struct aw__otlp_attributes *attributes, const char *key);
void aw__otlp_attribute_string(struct aw__otlp_attributes *attributes, const char *key,
			       const char *text);
/** A list of texts; nothing if there are none. */
void aw__otlp_attribute_texts(struct aw__otlp_attributes *attributes, const char *key,
			      char *const *texts, size_t count);
/** exception.type, exception.message, exception.stacktrace, awry.error.id, awry.task.id. */
void aw__otlp_attribute_exception(struct aw__otlp_attributes *attributes,
				  const struct aw__export *export, const struct aw__event *event);
/** code.function.name, code.file.path, code.line.number. */
void aw__otlp_attribute_place(struct aw__otlp_attributes *attributes,
			      const struct aw__export *export, uint64_t place);

/* What a followed task has of its own. Its events wait in an arena of their own for the span. */
struct aw__otlp_task {
	uint64_t root; /* the task whose trace it is in */
	struct aw__otlp_arena arena;
	Otlp__Event *events[AW__OTLP_MOST_EVENTS];
	size_t event_count;
	size_t counted; /* of the arena's bytes, in `waiting` */
	uint32_t dropped;
	char *failure; /* "ValueError: …", of the latest error; in the arena */
};

struct aw__otlp {
	struct aw__follow follow;
	uint64_t process;    /* hashed: makes ids differ from process to process */
	struct aw__map seen; /* errors that were told */
	struct aw__otlp_error *open[AW__OTLP_MOST_OPEN]; /* the oldest first */
	size_t open_count;
	size_t waiting; /* bytes of events whose spans have not ended */
	struct aw__otlp_arena spans_arena, logs_arena;
	Otlp__Span *spans[AW__OTLP_BATCH];
	Otlp__LogRecord *logs[AW__OTLP_BATCH];
	size_t span_count, log_count;
};

/* ---- otlp.c ---- */

Otlp__LogRecord *aw__otlp_log_record(struct aw__export *export, uint64_t task, uint64_t time_ns,
				     unsigned severity, struct aw__otlp_attributes *ret_attributes);
/** It is filled. */
void aw__otlp_log_record_end(struct aw__export *export, Otlp__LogRecord *it,
			     const struct aw__otlp_attributes *attributes, const char *name,
			     const char *body);

/* ---- otlp_error.c ---- */

/** An error, a note or an attribute. */
void aw__otlp_errors_event(struct aw__export *export, const struct aw__event *event);
/** A task ends: what is known of its errors has to do. */
void aw__otlp_errors_settle(struct aw__export *export, uint64_t task);
void aw__otlp_errors_finish(struct aw__export *export);

/* ---- otlp_batch.c ---- */

void aw__otlp_flush_spans(struct aw__export *export);
void aw__otlp_flush_logs(struct aw__export *export);

/* ---- otlp_span.c ---- */

extern const struct aw__follow_calls aw__otlp_task_calls;
uint64_t aw__otlp_time(const struct aw__export *export, uint64_t monotonic_ns);
ProtobufCBinaryData aw__otlp_trace_id(const struct aw__export *export, struct aw__otlp_arena *arena,
				      uint64_t root);
ProtobufCBinaryData aw__otlp_span_id(const struct aw__export *export, struct aw__otlp_arena *arena,
				     uint64_t task);
/** The event to be filled, of a task that has not finished; NULL if there is no (more) room. */
Otlp__Event *aw__otlp_span_event(struct aw__export *export, struct aw__followed *task,
				 const char *name, uint64_t time_ns,
				 struct aw__otlp_attributes *ret_attributes);
/** It is filled. */
void aw__otlp_span_event_end(struct aw__export *export, struct aw__followed *task,
			     Otlp__Event *event, const struct aw__otlp_attributes *attributes);

/* ---- otlp_json.c ---- */

void aw__otlp_json(struct aw__export *export, const ProtobufCMessage *message);

#endif
