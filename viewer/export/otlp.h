/* SPDX-License-Identifier: MIT */
/*
 * OpenTelemetry: tasks as spans, errors and findings as log records.
 *
 * All tasks of one root task are one trace. The parent of a task's span is the span of its creator, if the creator had
 * not finished when the task did: it waited for the task, or could have. A task that outlived its creator was detached:
 * its span has no parent, but a link to the creator's span. A span is written when its task finishes; spans of
 * unfinished tasks are written at the end, with awry.task.unfinished. Errors are `exception` events of the span in
 * which they were raised, and log records with the same attributes (exception.type, exception.message,
 * exception.stacktrace, and those that otlp_error.c describes). Events after a task's end (usually findings) are only
 * log records, which name the span.
 *
 * Messages are built of protobuf-c's structs in an arena and sent in batches, as protobuf or, through the structs'
 * descriptors, as JSON. In a file each message is one line.
 */
#ifndef AW__EXPORT_OTLP_H
#define AW__EXPORT_OTLP_H

#include "otlp.pb-c.h"
#include "viewer/export/follow.h"
#include "viewer/export/frames.h"

#define AW__OTLP_BATCH	      512u	  /* spans, or log records */
#define AW__OTLP_BATCH_BYTES  (1u << 20)  /* of texts in a batch: a larger one is sent at once */
#define AW__OTLP_MOST_EVENTS  64u	  /* of a span */
#define AW__OTLP_MOST_WAITING (64u << 20) /* bytes of events whose spans have not ended */
#define AW__OTLP_MOST_ATTRS   48u
#define AW__OTLP_TRACE_BYTES  16u
#define AW__OTLP_SPAN_BYTES   8u
#define AW__OTLP_MOST_SEEN    (1u << 18)
#define AW__OTLP_MOST_OPEN    64u    /* errors whose notes and attributes may still follow */
#define AW__OTLP_MOST_NOTES   32u    /* of an error; also the most attributes */
#define AW__OTLP_MOST_TEXT    16384u /* bytes of a note or attribute */

/* Severities. */
#define AW__OTLP_WARN  13u
#define AW__OTLP_ERROR 17u

/* Memory that is freed all at once. */
struct aw__otlp_arena {
	struct aw__otlp_chunk *chunks;
	size_t bytes;
};

void *aw__otlp_alloc(struct aw__otlp_arena *arena, size_t bytes);
/** Copy a text as valid UTF-8, NUL-terminated; "" for NULL. */
char *aw__otlp_text(struct aw__otlp_arena *arena, const char *text, size_t length);
/** Move all memory of `other` to `arena`. */
void aw__otlp_arena_join(struct aw__otlp_arena *arena, struct aw__otlp_arena *other);
void aw__otlp_arena_finish(struct aw__otlp_arena *arena);

/* A list of attributes under construction. */
struct aw__otlp_attributes {
	struct aw__otlp_arena *arena;
	Otlp__KeyValue **items;
	size_t count;
	uint32_t dropped; /* attributes without room */
};

void aw__otlp_attributes(struct aw__otlp_attributes *attributes, struct aw__otlp_arena *arena);
void aw__otlp_attribute_integer(struct aw__otlp_attributes *attributes, const char *key,
				int64_t number);
void aw__otlp_attribute_number(struct aw__otlp_attributes *attributes, const char *key,
			       uint64_t number);
void aw__otlp_attribute_bool(struct aw__otlp_attributes *attributes, const char *key, bool is);
/** Add a text; nothing if it is NULL or empty. */
void aw__otlp_attribute_text(struct aw__otlp_attributes *attributes, const char *key,
			     const char *text, size_t length);
bool aw__otlp_attribute_is_there(const struct aw__otlp_attributes *attributes, const char *key);
void aw__otlp_attribute_string(struct aw__otlp_attributes *attributes, const char *key,
			       const char *text);
/** Add a list of texts; nothing if there are none. */
void aw__otlp_attribute_texts(struct aw__otlp_attributes *attributes, const char *key,
			      char *const *texts, size_t count);
/** Add exception.type, exception.message, exception.stacktrace, awry.error.id, awry.task.id. */
void aw__otlp_attribute_exception(struct aw__otlp_attributes *attributes,
				  const struct aw__export *export, const struct aw__event *event);
/** Add code.function.name, code.file.path, code.line.number. */
void aw__otlp_attribute_place(struct aw__otlp_attributes *attributes,
			      const struct aw__export *export, uint64_t place);

/* The exporter's state of a followed task. Its events wait for the span in an arena of their own. */
struct aw__otlp_task {
	uint64_t root; /* the task whose trace it is in */
	struct aw__otlp_arena arena;
	Otlp__Event *events[AW__OTLP_MOST_EVENTS];
	size_t event_count;
	size_t counted; /* the arena's bytes that are counted in `waiting` */
	uint32_t dropped;
	char *failure; /* "ValueError: …" of the latest error; in the arena */
};

struct aw__otlp {
	struct aw__follow follow;
	uint64_t process;    /* a hash that makes ids differ between processes */
	struct aw__map seen; /* errors that were exported or are open */
	struct aw__otlp_error *open[AW__OTLP_MOST_OPEN]; /* oldest first */
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
/** Complete a log record: add its attributes, its name and its body. */
void aw__otlp_log_record_end(struct aw__export *export, Otlp__LogRecord *it,
			     const struct aw__otlp_attributes *attributes, const char *name,
			     const char *body);

/* ---- otlp_error.c ---- */

/** Take an error, or a note or attribute of one. */
void aw__otlp_errors_event(struct aw__export *export, const struct aw__event *event);
/** A task ends: export its open errors with the notes and attributes that are known. */
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
/** Add an event, for the caller to fill, to the span of an unfinished task; NULL if there is no room. */
Otlp__Event *aw__otlp_span_event(struct aw__export *export, struct aw__followed *task,
				 const char *name, uint64_t time_ns,
				 struct aw__otlp_attributes *ret_attributes);
/** Complete an event: add its attributes. */
void aw__otlp_span_event_end(struct aw__export *export, struct aw__followed *task,
			     Otlp__Event *event, const struct aw__otlp_attributes *attributes);

/* ---- otlp_json.c ---- */

void aw__otlp_json(struct aw__export *export, const ProtobufCMessage *message);

#endif
