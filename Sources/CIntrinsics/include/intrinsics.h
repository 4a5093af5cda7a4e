// Compiler intrinsics that Swift cannot spell. Inline functions only: this target compiles no code of its own.
#ifndef APUS_INTRINSICS_H
#define APUS_INTRINSICS_H

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif

// Gives the pages of freed memory back to the system, where the allocator can.
static inline void apus_trim_heap(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

// Asks the CPU to bring the cache line at `address` closer; never faults, so any address is allowed.
static inline void apus_prefetch(const void *address) { __builtin_prefetch(address, 0, 3); }

// Tells the CPU that the thread waits for another: it leaves the core to its twin, and to itself some power.
static inline void apus_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

// Four floats; Swift sees SIMD4<Float>.
typedef float apus_float4 __attribute__((__ext_vector_type__(4)));

// The lane sums of four vectors, each as (0 + 2) + (1 + 3). In Swift the shuffles would be taken apart lane by lane.
static inline apus_float4 apus_lane_sums(apus_float4 a, apus_float4 b, apus_float4 c, apus_float4 d) {
  apus_float4 ab = __builtin_shufflevector(a, b, 0, 1, 4, 5) + __builtin_shufflevector(a, b, 2, 3, 6, 7);
  apus_float4 cd = __builtin_shufflevector(c, d, 0, 1, 4, 5) + __builtin_shufflevector(c, d, 2, 3, 6, 7);
  return __builtin_shufflevector(ab, cd, 0, 2, 4, 6) + __builtin_shufflevector(ab, cd, 1, 3, 5, 7);
}

#endif
