/* SPDX-License-Identifier: MIT */
/*
 * Recordings in other tools' formats.
 *
 *	exporter = aw__exporter_find("chrome", strlen("chrome"));
 *	export = aw__export_open(exporter, file);
 *	aw__export_set_resolver(export, aw__symbols_resolve, symbols);
 *	while (… an item …)
 *		aw__export_item(export, &item);
 *	if (!aw__export_close(export, &problem))
 *		… it could not be written: problem.text says why
 *
 * An export consumes items as they come and keeps only definitions, and what it needs of the tasks
 * that are alive: a long recording is exported in one pass and bounded memory. The result is always
 * well-formed, whatever the recorded texts hold: bytes that are not UTF-8 become U+FFFD.
 */
#ifndef AW__EXPORT_H
#define AW__EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/buffer.h"
#include "base/problem.h"
#include "viewer/model/model.h"

struct aw__export;

/** A format: one row of the table. */
struct aw__exporter {
	const char *name;	 /* "chrome" */
	const char *description; /* for --help: one line */
	const char *extension;	 /* of a file of this format, without a dot */
	bool sends;	 /* it can go to a server instead of a file: aw__export_set_sender() */
	bool everything; /* `names` is to hold all of the recording, not only what others refer to */
	void (*begin)(struct aw__export *export);
	void (*item)(struct aw__export *export, const struct aw__item *item);
	void (*end)(struct aw__export *export); /* writes the rest and frees what begin() made */
};

/** The format with that name (of `length` bytes); NULL if there is none. */
const struct aw__exporter *aw__exporter_find(const char *name, size_t length);
/** The formats one by one, for help; NULL past the last. */
const struct aw__exporter *aw__exporter_at(size_t index);

/** Begin to export to `file`, which stays the caller's (NULL, if a sender takes it). Never NULL. */
struct aw__export *aw__export_open(const struct aw__exporter *exporter, FILE *file);
/** The file's name for error messages. Borrowed. */
void aw__export_set_name(struct aw__export *export, const char *name);
/** Set the resolver of addresses; without one they are exported as addresses. */
void aw__export_set_resolver(struct aw__export *export, aw__frame_resolver *resolve, void *arg);
enum aw__export_signal { AW__EXPORT_TRACES, AW__EXPORT_LOGS };

/** Takes one request's body to where it belongs. False, and `problem` says why, if that failed for good. */
typedef bool aw__export_send(void *arg, enum aw__export_signal signal, const void *body,
			     size_t length, struct aw__problem *problem);

/** Send instead of writing; `json` chooses between JSON and protobuf. */
void aw__export_set_sender(struct aw__export *export, aw__export_send *send, void *arg, bool json);
/**
 * Add a label of the process that the recording does not have ("service.name"); copied. The first value of a key
 * counts.
 */
void aw__export_add_label(struct aw__export *export, const char *key, const char *value);
/**
 * Whether a server's answer to a request says that it took only a part, or has something to say.
 *
 * @param ret_rejected  how many spans or records it did not take
 * @param ret_message   its words are appended
 */
bool aw__export_partial_success(const void *body, size_t length, bool json, uint64_t *ret_rejected,
				struct aw__buffer *ret_message);
/** How many events and stacks are left out, as the export would become too large; known once all was read. */
uint64_t aw__export_left_out(const struct aw__export *export);
/** End the format; aw__export_close() does it, too. */
void aw__export_end(struct aw__export *export);
/** False once writing has failed: further items have no effect. */
bool aw__export_item(struct aw__export *export, const struct aw__item *item);
/** Write the rest, flush, and free. False, with errno, if anything could not be written. */
bool aw__export_close(struct aw__export *export, struct aw__problem *problem);

#endif
