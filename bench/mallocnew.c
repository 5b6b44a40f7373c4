// C++'s operators by malloc and free, for heaptrack, which sees those two only: jemalloc has operators of its own. For
// measuring alone: they do not throw.
#include <stddef.h>
#include <stdlib.h>

#define NEW(name, ...) void *name(size_t size, ##__VA_ARGS__) { return malloc(size); }
#define ALIGNED(name, ...) void *name(size_t size, size_t align, ##__VA_ARGS__) { return aligned_alloc(align, size); }
#define DELETE(name, ...) void name(void *block, ##__VA_ARGS__) { free(block); }

NEW(_Znwm)
NEW(_Znam)
NEW(_ZnwmRKSt9nothrow_t, const void *nothrow)
NEW(_ZnamRKSt9nothrow_t, const void *nothrow)
ALIGNED(_ZnwmSt11align_val_t)
ALIGNED(_ZnamSt11align_val_t)
DELETE(_ZdlPv)
DELETE(_ZdaPv)
DELETE(_ZdlPvm, size_t size)
DELETE(_ZdaPvm, size_t size)
DELETE(_ZdlPvRKSt9nothrow_t, const void *nothrow)
DELETE(_ZdaPvRKSt9nothrow_t, const void *nothrow)
DELETE(_ZdlPvSt11align_val_t, size_t align)
DELETE(_ZdaPvSt11align_val_t, size_t align)
DELETE(_ZdlPvmSt11align_val_t, size_t size, size_t align)
DELETE(_ZdaPvmSt11align_val_t, size_t size, size_t align)
