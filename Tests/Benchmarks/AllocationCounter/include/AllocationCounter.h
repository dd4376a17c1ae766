#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// Calls of malloc, calloc, realloc and the aligned ones by this process so far, on all threads.
unsigned long allocation_count(void);

/// Bytes that those asked for so far; what was freed meanwhile is not taken off.
unsigned long allocated_bytes(void);

#endif
