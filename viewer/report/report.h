/* SPDX-License-Identifier: MIT */
/*
 * Writes a model as text for people and as JSON for programs.
 *
 * The report of a process is the same whether it was attached to, traced, or recovered from its black box: it uses only
 * definitions, errors and findings, sorted by their own times and ids. The tree and the statistics show the model's
 * current state.
 *
 * All text from the process is escaped.
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
 * The bound on a report's size: a small, hostile recording could expand to a huge report. The report says how much was
 * left out. In JSON and SARIF the bound applies to the findings, the errors and the stacks separately.
 */
#define AW__REPORT_MOST_BYTES (32u << 20)

struct aw__verdicts;

struct aw__report_options {
	bool colour;
	bool ascii;	    /* no characters beyond ASCII */
	bool filtered;	    /* a filter applies: only a part of the recording is shown */
	bool machinery;	    /* also show the frames of awry and of libc's start-up */
	const char *folder; /* paths below it are shown relative to it; NULL: all are shown whole */
	/* The path that `rooted` formats show for a file; it may be stored in `space`. NULL: see `folder`. */
	const char *(*locate)(void *arg, const char *file, char space[PATH_MAX]);
	void *locate_arg;
	struct aw__source_files *files;	     /* provides source lines; NULL: none are shown */
	const struct aw__verdicts *verdicts; /* the allowed findings (allow.h); NULL: none */
};

/** All findings, grouped, with a heading and the counts of lost records. */
void aw__report_findings(const struct aw__model *model, const struct aw__report_options *options,
			 struct aw__buffer *out);
/** One group of findings, in full. `number` 0: not numbered. */
void aw__report_finding(const struct aw__model *model, const struct aw__report_options *options,
			const struct aw__found_group *group, size_t number, struct aw__buffer *out);
/** A summary of the findings in one paragraph, for the end of `awry run`. */
void aw__report_summary(const struct aw__model *model, const struct aw__report_options *options,
			struct aw__buffer *out);
/** Every error tree: lost, pending, retrieved. */
void aw__report_errors(const struct aw__model *model, const struct aw__report_options *options,
		       struct aw__buffer *out);
/** The tree of tasks. `now_ns`: the time that is shown; monotonic. */
void aw__report_tree(const struct aw__model *model, const struct aw__report_options *options,
		     uint64_t now_ns, struct aw__buffer *out);

/** The source of the items, for the statistics. */
struct aw__report_source {
	const char *what; /* "trace", "black box", "live process" */
	uint64_t bytes;	  /* 0: unknown */
	uint64_t damaged; /* damaged frames that were skipped */
	bool cut;	  /* the source ends in the middle of a frame */
	bool lives;	  /* the process is still alive */
	uint64_t now_ns;  /* the time that is shown; monotonic */
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

/* One of the processes in a report: a run may have several. */
struct aw__report_process {
	const struct aw__model *model;
	struct aw__source_files *files;	     /* NULL: no source lines are shown */
	const struct aw__verdicts *verdicts; /* NULL: nothing is allowed */
};

struct aw__report_format {
	const char *name;	 /* "sarif" */
	const char *description; /* for --help: one line */
	const char *extension;	 /* of a file of this format, without a dot */
	bool rooted; /* paths are relative to the repository: its reader does not know this machine */
	/* `options`: its files and verdicts are ignored: each process has its own. */
	void (*write)(const struct aw__report_process *processes, size_t count,
		      const struct aw__report_options *options, struct aw__buffer *out);
};

/** The format with that name (of `length` bytes); NULL if there is none. */
const struct aw__report_format *aw__report_format_find(const char *name, size_t length);
/** The format at an index, for help; NULL past the last. */
const struct aw__report_format *aw__report_format_at(size_t index);

#endif
