/* SPDX-License-Identifier: MIT */
/* Shared by the exporters: their state, and the JSON writer. */
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
	const char *name; /* the file's; borrowed; NULL: none */
	int error;	  /* errno of the first failed write; 0: none */
	struct aw__buffer out;
	struct aw__buffer scratch;
	uint64_t written;  /* bytes, without those still in `out` */
	uint64_t allowed;  /* the bound, beyond a fixed part: see aw__export_is_full() */
	uint64_t left_out; /* events and stacks that were left out since then */
	bool ended;
	uint64_t last_ns; /* of the newest event; 0: none */
	struct aw__event
		early[AW__EXPORT_EARLY]; /* loss events before the first event with a time */
	size_t early_count;
	bool comma;		 /* the next value of this object or array needs a comma */
	struct aw__model *names; /* the process, definitions, threads and loops; or all items */
	void *state;		 /* owned by the format */
	void *database;		 /* of `awry query`, after the end; sqlite_query.c takes it */
	aw__export_send *send;	 /* NULL: write to the file */
	void *send_arg;
	bool send_json;
	struct aw__problem problem; /* why sending failed */
	struct aw__export_label labels[AW__EXPORT_MOST_LABELS];
	size_t label_count;
};

/**
 * Whether the export has reached its bound: 64 MiB, and 1 KiB for each event. Without a bound, the export of a hostile
 * recording could be thousands of times its size.
 */
bool aw__export_is_full(const struct aw__export *export);
/** The same; if it is full, one more item is counted as left out. */
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
 * Write JSON value by value; commas are added automatically. `key` is NULL in arrays. Everything that is begun within
 * an object or array must be ended there.
 */
void aw__write_begin(struct aw__export *export, const char *key, char bracket);
void aw__write_end(struct aw__export *export, char bracket);
/** Write a number; above INT64_MAX as a string, which no reader rounds. */
void aw__write_number(struct aw__export *export, const char *key, uint64_t number);
/** Write an address as a string, "0x…". */
void aw__write_address(struct aw__export *export, const char *key, uint64_t address);
/** Write a time in microseconds, with three decimals. */
void aw__write_us(struct aw__export *export, const char *key, uint64_t ns);
void aw__write_bool(struct aw__export *export, const char *key, bool value);
/** Write any bytes as a string: escaped, and U+FFFD for bytes that are not UTF-8. */
void aw__write_text(struct aw__export *export, const char *key, const char *text, size_t length);
/** Write a C string; nothing if it is NULL. */
void aw__write_string(struct aw__export *export, const char *key, const char *text);
/** End a line; writes the buffer to the file once it is large enough. */
void aw__write_line(struct aw__export *export, const char *text);
void aw__write_flush(struct aw__export *export);

#endif
