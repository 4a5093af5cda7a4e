// Compiler intrinsics that Swift cannot spell. Inline functions only: this target compiles no code of its own.
#ifndef APUS_INTRINSICS_H
#define APUS_INTRINSICS_H

// Asks the CPU to bring the cache line at `address` closer; never faults, so any address is allowed.
static inline void apus_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

#endif
