/* SPDX-License-Identifier: MIT */
/* What the formats share. */
#ifndef AW__EXPORT_INTERNAL_H
#define AW__EXPORT_INTERNAL_H

#include "base/buffer.h"
#include "viewer/export/export.h"

#define AW__EXPORT_MOST_LABELS 16u
#define AW__EXPORT_EARLY       64u

struct aw__export_label {
	char *key, *value;
};

struct aw__export {
	const struct aw__exporter *exporter;
	FILE *file;
	const char *name; /* borrowed, of the file; NULL: none */
	int error;	  /* the first errno that writing gave; 0: none */
	struct aw__buffer out;
	struct aw__buffer scratch;
	uint64_t written;  /* bytes, without those that `out` still has */
	uint64_t allowed;  /* how many there may be: see aw__export_is_full() */
	uint64_t left_out; /* events and stacks, since there were that many */
	bool ended;
	uint64_t last_ns; /* of the newest event; 0: none */
	struct aw__event
		early[AW__EXPORT_EARLY]; /* losses before the first event that has a time */
	size_t early_count;
	bool comma;		 /* the next value of this object or array needs one before it */
	struct aw__model *names; /* the process, definitions, threads and loops; or everything */
	void *state;		 /* the format's own */
	aw__export_send *send;	 /* NULL: to the file */
	void *send_arg;
	bool send_json;
	struct aw__problem problem; /* why sending failed */
	struct aw__export_label labels[AW__EXPORT_MOST_LABELS];
	size_t label_count;
};

/**
 * Whether the export is as large as it may be: 64 MiB, and 1 KiB for each event. A recording that somebody made for that
 * could have an export that is thousands of times its size.
 */
bool aw__export_is_full(const struct aw__export *export);
/** The same; and if it is, something more is left out, and counted. */
bool aw__export_leaves_out(struct aw__export *export);

extern const struct aw__exporter aw__chrome_exporter;
extern const struct aw__exporter aw__dot_exporter;
extern const struct aw__exporter aw__folded_exporter;
extern const struct aw__exporter aw__json_exporter;
extern const struct aw__exporter aw__otlp_exporter;
extern const struct aw__exporter aw__perfetto_exporter;
extern const struct aw__exporter aw__pprof_exporter;
extern const struct aw__exporter aw__speedscope_exporter;
extern const struct aw__exporter aw__sqlite_exporter;

/*
 * JSON, value by value; commas come by themselves. `key` is NULL in arrays. Within an object or
 * array, whatever is begun is ended.
 */
void aw__write_begin(struct aw__export *export, const char *key, char bracket);
void aw__write_end(struct aw__export *export, char bracket);
/** Whole numbers up to INT64_MAX as such, larger ones as a string: no reader may round them. */
void aw__write_number(struct aw__export *export, const char *key, uint64_t number);
/** As 0x…, a string. */
void aw__write_address(struct aw__export *export, const char *key, uint64_t address);
/** Microseconds with three digits after the point. */
void aw__write_us(struct aw__export *export, const char *key, uint64_t ns);
void aw__write_bool(struct aw__export *export, const char *key, bool value);
/** Any bytes: escaped, and U+FFFD for what is not UTF-8. */
void aw__write_text(struct aw__export *export, const char *key, const char *text, size_t length);
/** A C string; nothing at all if it is NULL. */
void aw__write_string(struct aw__export *export, const char *key, const char *text);
/** End a line: hands what is there to the file once it is worth it. */
void aw__write_line(struct aw__export *export, const char *text);
void aw__write_flush(struct aw__export *export);

#endif
