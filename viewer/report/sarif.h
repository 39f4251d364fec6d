/* SPDX-License-Identifier: MIT */
/* Shared by the files that write SARIF. */
#ifndef AW__REPORT_SARIF_H
#define AW__REPORT_SARIF_H

#include <jansson.h>

#include "viewer/report/formats.h"

struct aw__sarif {
	const struct aw__model *model;
	const struct aw__report_options *options;
};

/** {"text": …}: a message whose text has no links. */
json_t *aw__sarif_message(const char *text);
/** Append a folder's URI. */
void aw__sarif_uri(struct aw__buffer *out, const char *folder);
/** A location. `message` may be NULL. */
json_t *aw__sarif_location(const struct aw__sarif *sarif, const struct aw__frame *frame,
			   const char *message);
/** The stacks of a finding and of its error, each followed up to main. */
json_t *aw__sarif_stacks(const struct aw__sarif *sarif, const struct aw__found *found);
/** One code flow: created, awaited, raised, lost. NULL if none of these places is known. */
json_t *aw__sarif_flow(const struct aw__sarif *sarif, const struct aw__found *found);
/** Where the other errors of the tree were raised. */
json_t *aw__sarif_related(const struct aw__sarif *sarif, const struct aw__found *found);

#endif
