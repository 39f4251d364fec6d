/* SPDX-License-Identifier: MIT */
/* A short recording, and its exports, for the tests of exporters. */
#ifndef AW__TEST_EXPORT_CASE_H
#define AW__TEST_EXPORT_CASE_H

#include <stddef.h>
#include <stdint.h>

#include "viewer/export/export.h"

#define MAX_ITEMS 64
#define START_NS  1000

extern const char hostile[];
#define HOSTILE_LENGTH 22u

struct recording {
	struct aw__item items[MAX_ITEMS];
	uint64_t lists[MAX_ITEMS][16];
	size_t count;
};

#define ARGS(...) ((const uint64_t[5]){ __VA_ARGS__ })
#define TEXT(s)	  (s), strlen(s)

struct aw__item *add(struct recording *recording, enum aw__item_kind kind);
struct aw__event *happen(struct recording *recording, enum aw__event_kind kind, uint64_t time_ns,
			 uint64_t subject, const uint64_t args[5], const char *text, size_t length);
/** A hello, some definitions, a thread and a loop. */
void begin(struct recording *recording);
/** Task 1 creates task 2, which runs, waits, and fails; its error is never retrieved. */
void fill(struct recording *recording);
/** Owner: the caller, free(). */
char *export_all(const char *format, const struct recording *recording, size_t *ret_length);

#endif
