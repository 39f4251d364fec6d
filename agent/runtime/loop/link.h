/* SPDX-License-Identifier: MIT */
/* Circular lists with a head. An element can be removed without knowing its list. */
#ifndef AW__LINK_H
#define AW__LINK_H

#include <stdbool.h>
#include <stddef.h>

struct aw__link {
	struct aw__link *next, *previous; /* NULL in no list; a head points to itself when empty */
};

#define aw__container_of(pointer, type, member)                                                    \
	((type *)(void *)((char *)(pointer)-offsetof(type, member)))

static inline void aw__links_init(struct aw__link *head)
{
	head->next = head->previous = head;
}

static inline bool aw__links_empty(const struct aw__link *head)
{
	return head->next == head;
}

static inline bool aw__link_linked(const struct aw__link *link)
{
	return link->next != NULL;
}

static inline void aw__link_append(struct aw__link *head, struct aw__link *link)
{
	link->next = head;
	link->previous = head->previous;
	link->previous->next = link;
	head->previous = link;
}

/** Remove it from its list, if it is in one. */
static inline void aw__link_remove(struct aw__link *link)
{
	if (link->next == NULL)
		return;
	link->previous->next = link->next;
	link->next->previous = link->previous;
	link->next = link->previous = NULL;
}

/** Append all of `from` to `head`; `from` is empty then. */
static inline void aw__links_move(struct aw__link *head, struct aw__link *from)
{
	if (aw__links_empty(from))
		return;
	from->next->previous = head->previous;
	head->previous->next = from->next;
	from->previous->next = head;
	head->previous = from->previous;
	aw__links_init(from);
}

#endif
