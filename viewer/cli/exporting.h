/* SPDX-License-Identifier: MIT */
/* An export, from a session to a file or a collector. */
#ifndef AW__CLI_EXPORTING_H
#define AW__CLI_EXPORTING_H

#include "viewer/cli/cli.h"
#include "viewer/cli/survey.h"
#include "viewer/export/export.h"

struct aw__exporting {
	struct aw__target target;
	const char *path;     /* "-": standard output; NULL: it goes to `endpoint` */
	const char *endpoint; /* a collector's URL */
	const struct aw__exporter *exporter;
	struct aw__survey_wish part;
	bool force; /* replace a file that is there */
};

/** Export all that is left in the session. False if that was not possible; `problem` is empty if it was told. */
bool aw__exporting_run(const struct aw__exporting *exporting, struct aw__session *session,
		       struct aw__problem *problem);

#endif
