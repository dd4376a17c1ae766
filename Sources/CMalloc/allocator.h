#ifndef LOOKOUT_ALLOCATOR_H
#define LOOKOUT_ALLOCATOR_H

// What tunes the C library's allocator is not part of Swift's Glibc module.
#include <malloc.h>

#endif
