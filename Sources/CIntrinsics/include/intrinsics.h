// Compiler intrinsics that Swift cannot spell, and what its module of the C library lacks. Inline functions only: this
// target compiles no code of its own.
#ifndef APUS_INTRINSICS_H
#define APUS_INTRINSICS_H

#if defined(__GLIBC__) || defined(__linux__)
#include <malloc.h>
#endif
#if defined(__linux__)
#include <sys/syscall.h>
#endif

// Gives the pages of freed memory back to the system, where the allocator can.
static inline void apus_trim_heap(void) {
#if defined(__GLIBC__)
  malloc_trim(0);
#endif
}

// The processor that the calling thread runs on; below 0 where nobody can say.
static inline int apus_current_processor(void) {
#if defined(__GLIBC__)
  extern int sched_getcpu(void);  // Declared by <sched.h> with _GNU_SOURCE only.
  return sched_getcpu();
#else
  return -1;
#endif
}

// Fills `bits` with the processors that the process's first thread may run on, and returns how many bytes were filled.
static inline long apus_allowed_processors(unsigned long *bits, unsigned long bytes) {
#if defined(__linux__)
  extern long syscall(long, ...);
  return syscall(SYS_sched_getaffinity, syscall(SYS_getpid), bytes, bits);
#else
  return -1;
#endif
}

// Has the calling thread run on these processors only; 0: done.
static inline long apus_confine(const unsigned long *bits, unsigned long bytes) {
#if defined(__linux__)
  extern long syscall(long, ...);
  return syscall(SYS_sched_setaffinity, 0, bytes, bits);
#else
  return -1;
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

// 1/√x of each lane, rounded twice. Swift's own root is a call of the C library's, lane by lane.
static inline apus_float4 apus_inverse_square_roots(apus_float4 x) { return 1 / __builtin_elementwise_sqrt(x); }

// Whole numbers of 16 bits side by side, and lanes compared with each other: likewise.

// Eight numbers of 16 bits; Swift sees SIMD8<Int16>.
typedef short apus_short8 __attribute__((__ext_vector_type__(8)));

// Four numbers of 32 bits; Swift sees SIMD4<Int32>.
typedef int apus_int4 __attribute__((__ext_vector_type__(4)));

// For each of four pairs of neighbours a0 · b0 + a1 · b1.
static inline apus_int4 apus_pair_products(apus_short8 a, apus_short8 b) {
#if defined(__SSE2__)
  typedef short plain8 __attribute__((__vector_size__(16)));
  return (apus_int4)__builtin_ia32_pmaddwd128((plain8)a, (plain8)b);
#else
  apus_int4 even = __builtin_convertvector(a.even, apus_int4) * __builtin_convertvector(b.even, apus_int4);
  apus_int4 odd = __builtin_convertvector(a.odd, apus_int4) * __builtin_convertvector(b.odd, apus_int4);
  return even + odd;
#endif
}

// Pair number `pair`, below 4, four times; `pair` is a constant wherever this is called.
static inline apus_short8 apus_repeated_pair(apus_short8 a, int pair) {
  switch (pair) {
  case 0: return __builtin_shufflevector(a, a, 0, 1, 0, 1, 0, 1, 0, 1);
  case 1: return __builtin_shufflevector(a, a, 2, 3, 2, 3, 2, 3, 2, 3);
  case 2: return __builtin_shufflevector(a, a, 4, 5, 4, 5, 4, 5, 4, 5);
  default: return __builtin_shufflevector(a, a, 6, 7, 6, 7, 6, 7, 6, 7);
  }
}

// The first four numbers of both, in pairs: a0 b0 a1 b1 a2 b2 a3 b3.
static inline apus_short8 apus_low_pairs(apus_short8 a, apus_short8 b) {
  return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

// The last four numbers of both, in pairs.
static inline apus_short8 apus_high_pairs(apus_short8 a, apus_short8 b) {
  return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// Each number held within ±bound; what is not a number falls to −bound.
static inline apus_float4 apus_within(apus_float4 values, float bound) {
  apus_float4 high = bound, low = -high;
  values = values > low ? values : low;
  return values < high ? values : high;
}

// Which of sixteen floats are not below their floors, a bit each; what is not a number is not. Both begin at multiples of 16.
static inline unsigned apus_not_below(const float *values, const float *floors) {
  const apus_float4 *v = (const apus_float4 *)values, *f = (const apus_float4 *)floors;
  apus_int4 a = ~(v[0] < f[0]), b = ~(v[1] < f[1]), c = ~(v[2] < f[2]), d = ~(v[3] < f[3]);
#if defined(__SSE2__)
  typedef int plain4 __attribute__((__vector_size__(16)));
  typedef char plain16 __attribute__((__vector_size__(16)));
  plain16 all = (plain16)__builtin_ia32_packsswb128(
    __builtin_ia32_packssdw128((plain4)a, (plain4)b), __builtin_ia32_packssdw128((plain4)c, (plain4)d));
  return (unsigned)__builtin_ia32_pmovmskb128(all);
#else
  unsigned bits = 0;
  for (int i = 0; i < 4; i++) {
    bits |= (a[i] & 1u) << i | (b[i] & 1u) << (i + 4) | (c[i] & 1u) << (i + 8) | (d[i] & 1u) << (i + 12);
  }
  return bits;
#endif
}

#endif
