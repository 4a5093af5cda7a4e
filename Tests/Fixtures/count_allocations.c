// Counts what threads named "worker-…" of a process ask of the allocator, and which locks they take.
//
//   cc -shared -fPIC -O1 -o count.so count_allocations.c
//   APUS_COUNTS=file LD_PRELOAD=count.so apus serve …
//
// The file then holds two 64-bit numbers that a reader maps or reads at any time: allocations and locks.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

extern void *__libc_malloc(size_t);
extern void *__libc_calloc(size_t, size_t);
extern void *__libc_realloc(void *, size_t);
extern void *__libc_memalign(size_t, size_t);

static uint64_t *counts;
static __thread int looks = 0, is_worker = 0;

__attribute__((constructor)) static void open_counts(void) {
  const char *path = getenv("APUS_COUNTS");
  int file = path ? open(path, O_RDWR | O_CREAT, 0600) : -1;
  if (file < 0 || ftruncate(file, 16) != 0) abort();
  void *memory = mmap(NULL, 16, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (memory == MAP_FAILED) abort();
  counts = memory;
  close(file);
}

static void count(int which) {
  if (!counts) return;
  // A thread gets its name a little after it began.
  if (!is_worker && looks < 10000) {
    char name[16] = "";
    looks++;
    prctl(PR_GET_NAME, name);
    is_worker = strncmp(name, "worker-", 7) == 0;
  }
  if (is_worker) __atomic_fetch_add(&counts[which], 1, __ATOMIC_RELAXED);
}

void *malloc(size_t size) { return count(0), __libc_malloc(size); }
void *calloc(size_t number, size_t size) { return count(0), __libc_calloc(number, size); }
void *realloc(void *old, size_t size) { return count(0), __libc_realloc(old, size); }
void *memalign(size_t alignment, size_t size) { return count(0), __libc_memalign(alignment, size); }
void *aligned_alloc(size_t alignment, size_t size) { return count(0), __libc_memalign(alignment, size); }

int posix_memalign(void **out, size_t alignment, size_t size) {
  count(0);
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : ENOMEM;
}

int pthread_mutex_lock(pthread_mutex_t *mutex) {
  static int (*real)(pthread_mutex_t *);
  if (!real) real = (int (*)(pthread_mutex_t *))dlsym(RTLD_NEXT, "pthread_mutex_lock");
  count(1);
  return real(mutex);
}
