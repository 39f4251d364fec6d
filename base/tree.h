/* SPDX-License-Identifier: MIT */
/*
 * Draws a tree, line by line:
 *
 *	aw__tree_open(&tree, false);  aw__buffer_text(out, "first\n");
 *	aw__tree_line(&tree, true);   aw__buffer_text(out, "more about it\n");
 *	aw__tree_open(&tree, true);   aw__buffer_text(out, "its only child\n");
 *	aw__tree_close(&tree);
 *	aw__tree_close(&tree);
 *
 *	├─ first
 *	│  │ more about it
 *	│  └─ its only child
 */
#ifndef AW__TREE_H
#define AW__TREE_H

#include <stdbool.h>

#include "base/buffer.h"

/* Deeper trees are unreadable: the caller says how much is left out. */
#define AW__TREE_MAX_DEPTH 48

struct aw__tree {
	struct aw__buffer *out;
	const char *indent; /* before every line */
	bool ascii;
	int depth;
	bool last[AW__TREE_MAX_DEPTH];
};

void aw__tree_init(struct aw__tree *tree, struct aw__buffer *out, const char *indent, bool ascii);
/** True if no deeper node can be opened. */
bool aw__tree_is_full(const struct aw__tree *tree);
/** Open a node below the innermost open one, and begin its first line. `last`: no sibling follows. */
void aw__tree_open(struct aw__tree *tree, bool last);
/** Begin another line of the innermost open node. `children`: child nodes will follow it. */
void aw__tree_line(const struct aw__tree *tree, bool children);
void aw__tree_close(struct aw__tree *tree);

#endif
