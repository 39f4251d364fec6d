/* SPDX-License-Identifier: MIT */
/**
 * awry/compiler.h - compiler attributes and helper macros of the public headers.
 */
#ifndef AWRY_COMPILER_H
#define AWRY_COMPILER_H

#if defined(__GNUC__)
#define AW_API		     __attribute__((__visibility__("default")))
#define AW_MUST_USE	     __attribute__((__warn_unused_result__))
#define AW_PRINTF(at, first) __attribute__((__format__(__printf__, at, first)))
#else
#define AW_API
#define AW_MUST_USE
#define AW_PRINTF(at, first)
#endif

/** The place where a macro is used, as three arguments: const char *file, int line, const char
 * *function. */
#define AW_HERE __FILE__, __LINE__, __func__

/*
 * The address of a temporary options struct. Private. It is valid until the end of the block in C, and until the end of the full
 * expression in C++: long enough for a call.
 */
#if defined(__cplusplus)
template <typename type> inline const type *aw__temporary(const type &value)
{
	return &value;
}
#define AW__OPTS(type, ...) aw__temporary(__extension__ type{ .size = sizeof(type), __VA_ARGS__ })
#else
#define AW__OPTS(type, ...) (&(struct type){ .size = sizeof(struct type), __VA_ARGS__ })
#endif

#endif
