/* SPDX-License-Identifier: MIT */
/*
 * aw_error_stats: counts errors by component and type, with a bounded history. All memory is allocated when it is
 * created.
 */
#include <awry/resilience.h>

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/options_copy.h"

struct key {
	const aw_error_type *type;
	uint64_t count;
	char component[48];
};

struct aw_error_stats {
	uint64_t total, uncounted;
	size_t key_count, key_room;
	size_t history_room;
	uint64_t history_next; /* records ever added; modulo the room: the place of the next one */
	struct key *keys;
	struct aw_error_record *history;
};

_Static_assert(sizeof(struct aw_error_record) <= 256 && sizeof(struct key) <= 64,
	       "the header promises these sizes");

aw_error_stats *aw_error_stats_create(const struct aw_error_stats_options *options)
{
	struct aw_error_stats *stats = aw__alloc_zeroed(1, sizeof(*stats));
	struct aw_error_stats_options o;

	AW__OPTIONS(aw_error_stats_options, &o, options);
	if (stats == NULL)
		return NULL;
	stats->history_room = o.history > 0 ? o.history : 1000;
	stats->key_room = o.keys > 0 ? o.keys : 256;
	stats->keys = aw__alloc_zeroed(stats->key_room, sizeof(*stats->keys));
	stats->history = aw__alloc_zeroed(stats->history_room, sizeof(*stats->history));
	if (stats->keys == NULL || stats->history == NULL) {
		aw_error_stats_destroy(stats);
		return NULL;
	}
	return stats;
}

void aw_error_stats_destroy(aw_error_stats *stats)
{
	if (stats == NULL)
		return;
	aw__alloc_free(stats->keys);
	aw__alloc_free(stats->history);
	aw__alloc_free(stats);
}

/* Copy a text; one that is too long is cut, without splitting a character. */
static void fit(char *to, size_t room, const char *text)
{
	size_t length = text != NULL ? strlen(text) : 0;

	if (length >= room) {
		length = room - 1;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80)
			length--;
	}
	if (length > 0)
		memcpy(to, text, length);
	to[length] = '\0';
}

static void count_key(struct aw_error_stats *stats, const aw_error_type *type,
		      const char *component)
{
	struct key fresh = { .type = type };

	fit(fresh.component, sizeof(fresh.component), component);
	for (size_t i = 0; i < stats->key_count; i++) {
		struct key *key = &stats->keys[i];

		if (key->type == type && strcmp(key->component, fresh.component) == 0) {
			key->count++;
			return;
		}
	}
	if (stats->key_count == stats->key_room) {
		stats->uncounted++;
		return;
	}
	fresh.count = 1;
	stats->keys[stats->key_count++] = fresh;
}

void aw_error_stats_add(aw_error_stats *stats, const aw_error *err,
			const aw_error_context_info *info)
{
	static const aw_error_context_info nothing;
	struct aw_error_record *record;

	if (stats == NULL || err == NULL)
		return;
	if (info == NULL)
		info = &nothing;
	stats->total++;
	count_key(stats, aw_error_typeof(err), info->component);
	record = &stats->history[stats->history_next++ % stats->history_room];
	record->time = info->timestamp;
	record->type = aw_error_typeof(err);
	record->retry_count = info->retry_count;
	fit(record->component, sizeof(record->component), info->component);
	fit(record->operation, sizeof(record->operation), info->operation);
	fit(record->message, sizeof(record->message), aw_error_message(err));
}

uint64_t aw_error_stats_total(const aw_error_stats *stats)
{
	return stats != NULL ? stats->total : 0;
}

uint64_t aw_error_stats_uncounted(const aw_error_stats *stats)
{
	return stats != NULL ? stats->uncounted : 0;
}

static uint64_t sum(const aw_error_stats *stats, const char *component, const aw_error_type *type,
		    bool kind)
{
	char fitting[sizeof(stats->keys->component)];
	uint64_t count = 0;

	fit(fitting, sizeof(fitting), component);
	for (size_t i = 0; stats != NULL && i < stats->key_count; i++) {
		const struct key *key = &stats->keys[i];

		if (component != NULL && strcmp(key->component, fitting) != 0)
			continue;
		if (type == NULL || key->type == type ||
		    (kind && aw_error_type_is(key->type, type)))
			count += key->count;
	}
	return count;
}

uint64_t aw_error_stats_count(const aw_error_stats *stats, const char *component,
			      const aw_error_type *type)
{
	return sum(stats, component, type, false);
}

uint64_t aw_error_stats_count_kind(const aw_error_stats *stats, const char *component,
				   const aw_error_type *type)
{
	return sum(stats, component, type, true);
}

struct aw_error_stats_key aw_error_stats_key_at(const aw_error_stats *stats, size_t index)
{
	struct aw_error_stats_key found = { 0 };

	if (stats == NULL || index >= stats->key_count)
		return found;
	found.component = stats->keys[index].component;
	found.type = stats->keys[index].type;
	found.count = stats->keys[index].count;
	return found;
}

const struct aw_error_record *aw_error_stats_recent(const aw_error_stats *stats, size_t index)
{
	if (stats == NULL || index >= stats->history_room || index >= stats->history_next)
		return NULL;
	return &stats->history[(stats->history_next - 1 - index) % stats->history_room];
}

double aw_error_stats_rate(const aw_error_stats *stats, aw_ns now, aw_ns window)
{
	const aw_ns from = now > window ? now - window : 0;
	const struct aw_error_record *record;
	size_t count = 0;

	if (window == 0)
		return 0;
	for (size_t i = 0; (record = aw_error_stats_recent(stats, i)) != NULL; i++)
		count += record->time > from && record->time <= now;
	return (double)count * 1e9 / (double)window;
}
