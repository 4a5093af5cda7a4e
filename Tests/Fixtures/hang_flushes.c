// Makes every flush of a file from a thread's third on take two minutes, as a disk does that hangs. strace could do this
// too, but would hold the process back when it ends.
//
//   cc -shared -fPIC -O1 -o hang.so hang_flushes.c
//   LD_PRELOAD=hang.so apus serve …

#define _GNU_SOURCE
#include <sys/syscall.h>
#include <unistd.h>

int fdatasync(int file) {
  static __thread int calls;
  if (++calls >= 3) sleep(120);
  return (int)syscall(SYS_fdatasync, file);
}
