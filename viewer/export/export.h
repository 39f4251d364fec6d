/* SPDX-License-Identifier: MIT */
/*
 * Exports recordings to the formats of other tools.
 *
 *	exporter = aw__exporter_find("chrome", strlen("chrome"));
 *	export = aw__export_open(exporter, file);
 *	aw__export_set_resolver(export, aw__symbols_resolve, symbols);
 *	while (… an item …)
 *		aw__export_item(export, &item);
 *	if (!aw__export_close(export, &problem))
 *		… writing failed: problem.text says why
 *
 * An export consumes items as they come; it keeps only definitions and some state of live tasks, so a long recording is
 * exported in one pass and in bounded memory. The result is always well-formed: recorded bytes that are not UTF-8
 * become U+FFFD.
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
	bool sends;		 /* it can be sent to a server: aw__export_set_sender() */
	bool everything; /* `names` must hold all items, not only those that others refer to */
	void (*begin)(struct aw__export *export);
	void (*item)(struct aw__export *export, const struct aw__item *item);
	void (*end)(
		struct aw__export *export); /* writes the rest and frees what begin() allocated */
};

/** The format with that name (of `length` bytes); NULL if there is none. */
const struct aw__exporter *aw__exporter_find(const char *name, size_t length);
/** The format at an index, for help; NULL past the last. */
const struct aw__exporter *aw__exporter_at(size_t index);

/** Begin to export to `file`, which the caller keeps and closes (NULL if a sender is set). Never returns NULL. */
struct aw__export *aw__export_open(const struct aw__exporter *exporter, FILE *file);
/** The file's name for error messages. Borrowed. */
void aw__export_set_name(struct aw__export *export, const char *name);
/** Set the resolver of addresses; without one, frames are exported as addresses. */
void aw__export_set_resolver(struct aw__export *export, aw__frame_resolver *resolve, void *arg);
enum aw__export_signal { AW__EXPORT_TRACES, AW__EXPORT_LOGS };

/** Sends the body of one request. Returns false if that failed for good; `problem` says why. */
typedef bool aw__export_send(void *arg, enum aw__export_signal signal, const void *body,
			     size_t length, struct aw__problem *problem);

/** Send instead of writing to a file; `json` chooses between JSON and protobuf. */
void aw__export_set_sender(struct aw__export *export, aw__export_send *send, void *arg, bool json);
/**
 * Add a label of the process that is not in the recording ("service.name"); copied. The first value of a key wins.
 */
void aw__export_add_label(struct aw__export *export, const char *key, const char *value);
/**
 * Whether a server's answer reports a partial success: rejected items, or a message.
 *
 * @param ret_rejected  how many spans or records were rejected
 * @param ret_message   the server's message is appended
 */
bool aw__export_partial_success(const void *body, size_t length, bool json, uint64_t *ret_rejected,
				struct aw__buffer *ret_message);
/** How many events and stacks were left out because the export would be too large; final after the last item. */
uint64_t aw__export_left_out(const struct aw__export *export);
/** Write the end of the format. aw__export_close() does this if it was not called. */
void aw__export_end(struct aw__export *export);
/** False once writing has failed: further items have no effect. */
bool aw__export_item(struct aw__export *export, const struct aw__item *item);
/** Write the rest, flush, and free. False, with errno, if anything could not be written. */
bool aw__export_close(struct aw__export *export, struct aw__problem *problem);

#endif
