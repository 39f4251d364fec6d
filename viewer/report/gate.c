/* SPDX-License-Identifier: MIT */
/*
 * Parses the terms of --fail-on, and decides whether the findings of some processes meet one. Performs no I/O;
 * `awry run`, `awry report` and `awry diff` turn the result into exit status 66.
 */
#include "viewer/report/gate.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "base/text.h"
#include "viewer/model/task_filter.h"
#include "viewer/report/allow.h"

static bool has_time(uint32_t kind)
{
	return kind == 0 || kind == AW__BLOCKED_LOOP || kind == AW__ORPHAN_TASK ||
	       kind == AW__LEAKED_TASK || kind == AW__STARVED_TASK || kind == AW__HELD_ERROR;
}

static bool point_at_kind(struct aw__problem *problem, const char *text, const char *at,
			  size_t length)
{
	struct aw__buffer what = AW__BUFFER_EMPTY;

	aw__buffer_text(&what, "there is no such kind; allowed are any");
	for (size_t kind = 1; kind < AW__FINDING_KINDS; kind++)
		aw__buffer_format(&what, ", %s", aw__finding_specs[kind].id);
	aw__problem_point(problem, text, at, length, aw__buffer_string(&what));
	aw__buffer_finish(&what);
	return false;
}

/* Parse the limit after > or >=: from `at` up to `end`. */
static bool parse_limit(struct aw__gate_term *term, bool more, const char *text, const char *at,
			const char *end, struct aw__problem *problem)
{
	const char *from = at;
	uint64_t number = 0;

	for (; at < end && isdigit((unsigned char)*at) && number < UINT64_MAX / 100; at++)
		number = number * 10 + (uint64_t)(*at - '0');
	if (at == from)
		return aw__problem_point(problem, text, from, (size_t)(end - from),
					 "a number is wanted, or a time: 3, 500ms, 1.5s");
	term->time = at < end;
	if (term->time && aw__filter_duration(from, &number) != (size_t)(end - from))
		return aw__problem_point(problem, text, at, (size_t)(end - at),
					 "a unit is ns, us, ms, s, min, h or d; a count has none");
	if (term->time && !has_time(term->kind))
		return aw__problem_point(
			problem, text, from, (size_t)(end - from),
			"findings of this kind have no duration; a count is allowed");
	number += more;
	if (number == 0)
		return aw__problem_point(problem, text, from, (size_t)(end - from),
					 "0 would always fail");
	*(term->time ? &term->limit_ns : &term->limit) = number;
	return true;
}

static bool parse_term(struct aw__gate *gate, const char *text, const char *at, size_t length,
		       struct aw__problem *problem)
{
	const char *end = at + length, *sign = memchr(at, '>', length);
	struct aw__gate_term term = { .limit = 1, .text = at, .text_length = length };
	size_t name = sign != NULL ? (size_t)(sign - at) : length;

	if (gate->count == AW__GATE_MAX_TERMS)
		return aw__problem_point(problem, text, at, length, "these are too many terms");
	term.kind = aw__finding_by_id(at, name);
	if (term.kind == 0 && !(name == 3 && memcmp(at, "any", 3) == 0))
		return point_at_kind(problem, text, at, name);
	if (sign != NULL) {
		bool more = sign + 1 == end || sign[1] != '=';

		if (!parse_limit(&term, more, text, sign + (more ? 1 : 2), end, problem))
			return false;
	}
	gate->terms[gate->count++] = term;
	return true;
}

bool aw__gate_parse(struct aw__gate *gate, const char *text, struct aw__problem *problem)
{
	for (const char *at = text;; at++) {
		size_t length = strcspn(at, ",");

		if (!parse_term(gate, text, at, length, problem))
			return false;
		at += length;
		if (*at == '\0')
			return true;
	}
}

static uint64_t count_of(const struct aw__report_process *process, uint32_t kind)
{
	const struct aw__model_counts *counts = aw__model_counts(process->model);
	uint64_t count = 0;

	for (uint32_t i = 0; i < AW__FINDING_KINDS; i++)
		if (kind == 0 || kind == i)
			count += counts->findings[i] -
				 (process->verdicts != NULL ? process->verdicts->kinds[i] : 0);
	return count;
}

/* The longest duration of findings that were counted but not kept, except allowed ones. */
static uint64_t longest_of_rest(const struct aw__report_process *process, uint32_t kind)
{
	uint64_t longest = 0;

	for (size_t i = 0; i < aw__model_found_group_count(process->model); i++) {
		const struct aw__found_group *group = aw__model_found_group_at(process->model, i);

		if ((kind == 0 || kind == group->kind) && has_time(group->kind) &&
		    group->kind != 0 && group->longest_ns > longest &&
		    !aw__verdicts_spare_rest(process->verdicts, group))
			longest = group->longest_ns;
	}
	return longest;
}

static uint64_t longest_of(const struct aw__report_process *process, uint32_t kind)
{
	uint64_t longest = longest_of_rest(process, kind);

	for (size_t i = 0; i < aw__model_found_count(process->model); i++) {
		const struct aw__found *found = aw__model_found_at(process->model, i);
		uint64_t ns = aw__found_ns(found);

		if ((kind == 0 || kind == found->kind) && has_time(found->kind) && ns > longest &&
		    found->kind != 0 && aw__verdicts_of(process->verdicts, found) == NULL)
			longest = ns;
	}
	return longest;
}

static bool is_met(const struct aw__gate_term *term, const struct aw__report_process *processes,
		   size_t count, struct aw__buffer *why)
{
	uint64_t sum = 0, longest = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t ns = term->time ? longest_of(&processes[i], term->kind) : 0;

		sum += term->time ? 0 : count_of(&processes[i], term->kind);
		longest = ns > longest ? ns : longest;
	}
	if (term->time ? longest < term->limit_ns : sum < term->limit)
		return false;
	aw__buffer_format(why, "%.*s: ", (int)term->text_length, term->text);
	if (term->time)
		aw__text_duration(why, longest);
	else
		aw__buffer_format(why, "%" PRIu64 " finding%s", sum, sum == 1 ? "" : "s");
	aw__buffer_char(why, '\n');
	return true;
}

bool aw__gate_fails(const struct aw__gate *gate, const struct aw__report_process *processes,
		    size_t count, struct aw__buffer *why)
{
	bool fails = false;

	for (size_t i = 0; i < gate->count; i++)
		fails = is_met(&gate->terms[i], processes, count, why) || fails;
	return fails;
}
