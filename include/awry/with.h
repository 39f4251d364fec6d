/* SPDX-License-Identifier: MIT */
/**
 * awry/with.h - blocks that open something and close it on every path: Python's `async with`.
 *
 *	static aw_error *fetch_all(void *arg, void **ret)
 *	{
 *		AW_WITH_TIMEOUT(limit, aw_now() + AW_SEC(5)) {
 *			AW_WITH_GROUP(group, NULL) {
 *				aw_group_spawn(group, fetch, "BTC");
 *				AW_TRY(subscribe());
 *			}
 *		}
 *		return NULL;
 *	}
 *
 * A block is closed at its end, and where AW_TRY() or AW_RETURN() leaves it. Nested blocks are closed from the inside out, each
 * with the error that closing the inner one gave. If closing gives an error, the function returns it. If there is no memory to
 * open it, its variable is NULL inside the block, and the block's end gives a MemoryError.
 *
 * `break` and `continue` act like the end of the block; they do not affect an enclosing loop. A plain `return` or `goto` closes
 * the block, too, but the error of closing cannot be returned then: an expired timeout gives no TimeoutError, and the tasks of
 * a group are cancelled and their errors lost, which the recorder reports. So use AW_RETURN().
 *
 * These macros need GCC or Clang, in C or C++; with other compilers use the functions of compose.h and sync.h.
 *
 * Context: inside a task, in a function that returns aw_error *
 */
#ifndef AWRY_WITH_H
#define AWRY_WITH_H

#include <awry/compose.h>
#include <awry/sync.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A block, and what it must close. Private. */
struct aw__with {
	struct aw__with *outer; /* the enclosing block in the same function */
	void *scope;
	int kind;
	bool entered, open;
};

#if defined(__GNUC__)
/**
 * Run the following block with a timeout: see aw_timeout_open().
 *
 * @param timeout   the name of an aw_timeout *, for the block
 * @param deadline  AW_FOREVER for none, until aw_timeout_reschedule()
 *
 * Errors: as aw_timeout_close()
 * Since:  0.1
 */
#define AW_WITH_TIMEOUT(timeout, deadline)                                                         \
	AW__WITH(aw_timeout *timeout, aw__with_timeout(AW__WITH_HERE, deadline))

/**
 * Run the following block with a task group: see aw_group_open().
 *
 * @param group  the name of an aw_group *, for the block
 * @param title  shown in the group's error; NULL for none
 *
 * Errors: as aw_group_close()
 * Since:  0.1
 */
#define AW_WITH_GROUP(group, title) AW__WITH(aw_group *group, aw__with_group(AW__WITH_HERE, title))

/**
 * Run the following block with as_completed(): see aw_as_completed_open().
 *
 * @param all  the name of an aw_as_completed *, for the block
 *
 * Errors: MemoryError
 * Since:  0.1
 */
#define AW_WITH_AS_COMPLETED(all, items, count, deadline)                                          \
	AW__WITH(aw_as_completed *all, aw__with_as_completed(AW__WITH_HERE, items, count, deadline))

/**
 * Take a lock, run the following block, and release the lock.
 *
 * @param lock  an aw_lock *
 *
 * Errors: as aw_lock_acquire(), and then the function returns without running the block; as aw_lock_release()
 * Since:  0.1
 */
#define AW_WITH_LOCK(lock)                                                                         \
	AW__WITH(void *aw__lock, __extension__({                                                   \
			 aw_lock *aw__taken = (lock);                                              \
			 AW_TRY(aw_lock_acquire(aw__taken));                                       \
			 aw__with_lock(AW__WITH_HERE, aw__taken);                                  \
		 }))

/**
 * Return from the function with an error or NULL, and close all enclosing blocks.
 *
 * Outside of any block it is the same as `return`.
 */
#define AW_RETURN(err)                                                                             \
	do {                                                                                       \
		aw_error *aw__returned = (err);                                                    \
		return AW__LEAVE(aw__returned);                                                    \
	} while (0)

/*
 * Two loops that run once. The outer loop holds the block: its variable hides that of the enclosing block, and its cleanup
 * attribute closes the block on every path. Its step, which `break` in the inner loop also reaches, closes the block normally.
 */
#define AW__WITH(declaration, opened)                                                              \
	_Pragma("GCC diagnostic push") _Pragma("GCC diagnostic ignored \"-Wshadow\"") for (        \
		struct aw__with aw__block __attribute__((__cleanup__(aw__with_left))) = (opened),  \
		*aw__with_here = &aw__block;                                                       \
		aw__with_here->open; __extension__({                                               \
			aw_error *aw__ended = aw__with_end(AW_HERE, aw__with_here);                \
			if (aw__ended != (aw_error *)0)                                            \
				return aw__with_leave(AW_HERE, aw__with_here->outer, aw__ended);   \
		})) for (declaration __attribute__((__unused__)) =                                 \
				 AW__WITH_CAST(aw__with_here->scope);                              \
			 aw__with_enter(aw__with_here);) _Pragma("GCC diagnostic pop")
#endif

#if defined(__cplusplus)
} /* a template cannot have C linkage */
struct aw__with_pointer {
	void *scope;
	template <typename type> operator type *() const
	{
		return static_cast<type *>(scope);
	}
};
extern "C" {
#define AW__WITH_CAST(pointer) (aw__with_pointer{ pointer })
#else
#define AW__WITH_CAST(pointer) (pointer)
#endif

/** True on the first call only, so that the block runs once. */
static inline bool aw__with_enter(struct aw__with *with)
{
	const bool entered = with->entered;

	with->entered = true;
	return !entered;
}

AW_API struct aw__with aw__with_timeout(struct aw__with *outer, aw_ns deadline);
AW_API struct aw__with aw__with_group(struct aw__with *outer, const char *name);
AW_API struct aw__with aw__with_as_completed(struct aw__with *outer, void *const *items,
					     size_t count, aw_ns deadline);
AW_API struct aw__with aw__with_lock(struct aw__with *outer, aw_lock *lock);
AW_API AW_MUST_USE aw_error *aw__with_end(const char *file, int line, const char *function,
					  struct aw__with *with);
AW_API void aw__with_left(struct aw__with *with);

#ifdef __cplusplus
}
#endif

#endif
