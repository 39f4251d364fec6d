/* SPDX-License-Identifier: MIT */
/* The memory of a model: texts, which count against its bound, and growing lists. Used by all files of the model. */
#include <string.h>

#include "base/alloc.h"
#include "viewer/model/model_internal.h"

bool aw__model_charge(struct aw__model *model, size_t bytes)
{
	if (bytes > AW__MODEL_MAX_BYTES - model->bytes)
		return false;
	model->bytes += bytes;
	return true;
}

static size_t count_nuls(const char *text, size_t length)
{
	size_t count = 0;

	for (size_t i = 0; i < length; i++)
		count += text[i] == '\0';
	return count;
}

char *aw__model_copy(struct aw__model *model, const char *text, size_t length)
{
	size_t nuls = count_nuls(text, length);
	char *copy, *at;

	if (length == 0 || !aw__model_charge(model, length + nuls + 1))
		return NULL;
	at = copy = aw__alloc_must(length + nuls + 1);
	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\0')
			*at++ = '\\';
		*at++ = text[i] == '\0' ? '0' : text[i];
	}
	*at = '\0';
	return copy;
}

void aw__model_drop(struct aw__model *model, char *text)
{
	if (text == NULL)
		return;
	model->bytes -= strlen(text) + 1;
	aw__alloc_free(text);
}

bool aw__model_same_text(const char *copy, const char *text, size_t length)
{
	const char *at = copy != NULL ? copy : "";

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '\0' && *at++ != '\\')
			return false;
		if (*at++ != (text[i] == '\0' ? '0' : text[i]))
			return false;
	}
	return *at == '\0';
}

void aw__model_append(struct aw__pointers *list, void *item)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity > 0 ? list->capacity * 2 : 16;
		list->items = aw__alloc_must_resize(list->items, list->capacity * sizeof(void *));
	}
	list->items[list->count++] = item;
}
