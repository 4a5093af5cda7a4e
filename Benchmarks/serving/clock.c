// What reading a clock costs, in nanoseconds of processor time: the one that the server reads at each phase of a call,
// and the processor's own counter. Processor time, so that other programs do not count.
//
//   cc -O2 Benchmarks/serving/clock.c -o /tmp/clock && /tmp/clock
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#if defined(__x86_64__)
#include <x86intrin.h>
#endif

static double processor_nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

int main(void) {
  enum { READINGS = 20000000 };
  uint64_t sum = 0;
  double start = processor_nanos();
  for (int i = 0; i < READINGS; i++) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    sum += (uint64_t)now.tv_nsec;
  }
  printf("clock_gettime(CLOCK_MONOTONIC)  %5.1f ns\n", (processor_nanos() - start) / READINGS);
#if defined(__x86_64__)
  start = processor_nanos();
  for (int i = 0; i < READINGS; i++) sum += __rdtsc();
  printf("rdtsc                           %5.1f ns\n", (processor_nanos() - start) / READINGS);
#endif
  // The sum keeps the readings from being left out.
  return sum == 1;
}
