#include <sys/socket.h>
#include <uv.h>

// glibc declares it only with _GNU_SOURCE, which comes too late for a module that Swift already built.
int accept4(int listener, struct sockaddr *address, socklen_t *length, int flags);

// Declared in <malloc.h>, which Swift's Glibc leaves out.
int malloc_trim(size_t pad);
