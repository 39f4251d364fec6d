/* SPDX-License-Identifier: MIT */
/*
 * A model, as text for people and as JSON for programs.
 *
 * The report of one process reads the same whether it was attached to, traced, or recovered from
 * its black box: it depends on definitions, errors and findings alone, and orders them by their own
 * times and ids. The tree and the statistics show what the model knows now.
 *
 * Everything that came from the process is escaped.
 */
#ifndef AW__REPORT_H
#define AW__REPORT_H

#include <limits.h>
#include <stdbool.h>

#include "base/buffer.h"
#include "base/source_line.h"
#include "viewer/model/model.h"

#define AW__REPORT_JSON_VERSION 1

/*
 * A recording that somebody made for that can ask for much more than it has itself: so what is written has a bound, and
 * says how much it left out. In JSON and SARIF it holds for the findings, the errors and the stacks, each by itself.
 */
#define AW__REPORT_MOST_BYTES (32u << 20)

struct aw__verdicts;

struct aw__report_options {
	bool colour;
	bool ascii;	    /* no character beyond ASCII */
	bool filtered;	    /* only a part of what was recorded is here */
	bool machinery;	    /* show the frames of awry and of libc's start-up, too */
	const char *folder; /* paths below it are shown from there; NULL: all are whole */
	/* Formats that are `rooted` ask it for the path that they tell of a file; `space` may hold it. NULL: it is below
	   `folder`, or whole. */
	const char *(*locate)(void *arg, const char *file, char space[PATH_MAX]);
	void *locate_arg;
	struct aw__source_files *files; /* where source lines come from; NULL: none are shown */
	const struct aw__verdicts *verdicts; /* what is allowed (allow.h); NULL: nothing is */
};

/** All findings, grouped, with a heading and the losses. */
void aw__report_findings(const struct aw__model *model, const struct aw__report_options *options,
			 struct aw__buffer *out);
/** One group of findings, in full. `number` 0: without one. */
void aw__report_finding(const struct aw__model *model, const struct aw__report_options *options,
			const struct aw__found_group *group, size_t number, struct aw__buffer *out);
/** What was found, in one paragraph: the end of a run. */
void aw__report_summary(const struct aw__model *model, const struct aw__report_options *options,
			struct aw__buffer *out);
/** Every error tree: lost, pending, retrieved. */
void aw__report_errors(const struct aw__model *model, const struct aw__report_options *options,
		       struct aw__buffer *out);
/** The tree of tasks. `now_ns`: when it is; monotonic. */
void aw__report_tree(const struct aw__model *model, const struct aw__report_options *options,
		     uint64_t now_ns, struct aw__buffer *out);

/** Where the items came from: only the statistics show it. */
struct aw__report_source {
	const char *what; /* "trace", "black box", "live process" */
	uint64_t bytes;	  /* 0: not known */
	uint64_t damaged; /* frames that were stepped over */
	bool cut;	  /* it ends in the middle of a frame */
	bool lives;	  /* the process does, and goes on */
	uint64_t now_ns;  /* the moment that is shown; monotonic */
};

void aw__report_stats(const struct aw__model *model, const struct aw__report_options *options,
		      const struct aw__report_source *source, struct aw__buffer *out);

void aw__report_findings_json(const struct aw__model *model,
			      const struct aw__report_options *options, struct aw__buffer *out);
void aw__report_errors_json(const struct aw__model *model, struct aw__buffer *out);
void aw__report_tree_json(const struct aw__model *model, uint64_t now_ns, struct aw__buffer *out);
void aw__report_stats_json(const struct aw__model *model, const struct aw__report_source *source,
			   struct aw__buffer *out);

/* ---- formats: one table for `awry report`, `awry run`, their help and the completions ---- */

/* One of the processes that a report is about: a run may have several. */
struct aw__report_process {
	const struct aw__model *model;
	struct aw__source_files *files;	     /* NULL: no source lines are shown */
	const struct aw__verdicts *verdicts; /* NULL: nothing is allowed */
};

struct aw__report_format {
	const char *name;	 /* "sarif" */
	const char *description; /* for --help: one line */
	const char *extension;	 /* of a file of this format, without a dot */
	bool rooted; /* its paths are for who knows the repository, and not this machine */
	/* `options`: its files and verdicts do not count, but those of each process. */
	void (*write)(const struct aw__report_process *processes, size_t count,
		      const struct aw__report_options *options, struct aw__buffer *out);
};

/** The format with that name (of `length` bytes); NULL if there is none. */
const struct aw__report_format *aw__report_format_find(const char *name, size_t length);
/** The formats one by one, for help; NULL past the last. */
const struct aw__report_format *aw__report_format_at(size_t index);

#endif
