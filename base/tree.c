/* SPDX-License-Identifier: MIT */
/* Draws trees line by line, with box-drawing characters or ASCII, for `awry tree`, `awry errors` and the viewer. */
#include "tree.h"

#include <string.h>

void aw__tree_init(struct aw__tree *tree, struct aw__buffer *out, const char *indent, bool ascii)
{
	memset(tree, 0, sizeof(*tree));
	tree->out = out;
	tree->indent = indent;
	tree->ascii = ascii;
}

bool aw__tree_is_full(const struct aw__tree *tree)
{
	return tree->depth == AW__TREE_MAX_DEPTH;
}

static void draw(const struct aw__tree *tree, const char *ascii, const char *box)
{
	aw__buffer_text(tree->out, tree->ascii ? ascii : box);
}

static void draw_ancestors(const struct aw__tree *tree, int depth)
{
	aw__buffer_text(tree->out, tree->indent);
	for (int i = 0; i < depth; i++)
		if (tree->last[i])
			aw__buffer_text(tree->out, "   ");
		else
			draw(tree, "|  ", "│  ");
}

void aw__tree_open(struct aw__tree *tree, bool last)
{
	if (aw__tree_is_full(tree))
		return;
	draw_ancestors(tree, tree->depth);
	if (last)
		draw(tree, "`- ", "└─ ");
	else
		draw(tree, "|- ", "├─ ");
	tree->last[tree->depth++] = last;
}

void aw__tree_line(const struct aw__tree *tree, bool children)
{
	draw_ancestors(tree, tree->depth);
	if (children)
		draw(tree, "| ", "│ ");
	else
		aw__buffer_text(tree->out, "  ");
}

void aw__tree_close(struct aw__tree *tree)
{
	if (tree->depth > 0)
		tree->depth--;
}
