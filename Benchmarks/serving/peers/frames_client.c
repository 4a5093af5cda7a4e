// A closed loop of Rank calls in frames (docs/protocol.md) against Apus, or against an echo, which sends them back:
// the same client for both, so that what it costs is the same too.
//
//   frames_client MODEL PORT CONNECTIONS IN_FLIGHT CANDIDATES SECONDS
//
// Prints calls a second, the 50th, 99th and 99.9th percentile in microseconds, and failed calls.
#define _GNU_SOURCE
#include "kernel.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { drawn = 1024, id_bytes = 10, most_in_flight = 256 };

typedef struct {
  int socket;
  size_t got, wanted;  // of the frame that is being read, its prefix included
  uint64_t sent[most_in_flight];
  size_t next_sent, next_answered;
  uint8_t *input;
} connection;

typedef struct {
  uint8_t *bytes;
  size_t count;
} frame;

static uint64_t now_nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

static size_t put_varint(uint8_t *at, uint64_t value) {
  size_t count = 0;
  for (; value >= 128; value >>= 7) at[count++] = (uint8_t)(value | 128);
  at[count++] = (uint8_t)value;
  return count;
}

// A Call with its id as a varint of ten bytes, which any other id can replace.
static frame make_frame(const peer_model *model, size_t candidates, uint64_t *seed) {
  uint8_t *bytes = malloc(candidates * 8 + 128), *at = bytes + 4;
  *at++ = 1 << 3;
  at += id_bytes;
  *at++ = 2 << 3;
  at += put_varint(at, 1000);  // budget_ms
  *at++ = (uint8_t)((16 << 3 | 2) | 128), *at++ = 1;
  size_t inner = 9 + 1 + (candidates * 8 < 128 ? 1 : candidates * 8 < 16384 ? 2 : 3) + candidates * 8;
  at += put_varint(at, inner);
  uint64_t user = peer_user(model, seed);
  *at++ = 1 << 3 | 1;
  memcpy(at, &user, 8), at += 8;
  *at++ = 2 << 3 | 2;
  at += put_varint(at, candidates * 8);
  for (size_t i = 0; i < candidates; i++, at += 8) {
    uint64_t tweet = peer_tweet(model, seed);
    memcpy(at, &tweet, 8);
  }
  uint32_t length = htonl((uint32_t)(at - bytes - 4));
  memcpy(bytes, &length, 4);
  return (frame){bytes, (size_t)(at - bytes)};
}

static void send_call(connection *to, const frame *call, uint64_t id) {
  uint8_t *at = call->bytes + 5;
  for (int i = 0; i < id_bytes; i++, id >>= 7) at[i] = (uint8_t)((id & 127) | (i + 1 < id_bytes ? 128 : 0));
  to->sent[to->next_sent++ % most_in_flight] = now_nanos();
  for (size_t done = 0; done < call->count;) {
    ssize_t count = send(to->socket, call->bytes + done, call->count - done, MSG_NOSIGNAL);
    if (count < 0) exit(2);
    done += (size_t)count;
  }
}

// Whether a reply's status is not OK: its second field, a message whose first field is a code other than 0.
static int failed(const uint8_t *frame, size_t count, int is_echo) {
  if (is_echo) return 0;
  size_t at = 5;
  while (at < count && frame[at] & 128) at++;
  at++;
  return at + 2 < count && frame[at] == (2 << 3 | 2) && frame[at + 1] > 0 && frame[at + 2] == 1 << 3;
}

static int ascending(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

int main(int count, char **arguments) {
  if (count < 7) return fprintf(stderr, "usage: frames_client MODEL PORT CONNECTIONS IN_FLIGHT CANDIDATES SECONDS\n"), 64;
  const peer_model *model = peer_load(arguments[1]);
  size_t connections = (size_t)atol(arguments[3]), in_flight = (size_t)atol(arguments[4]);
  size_t candidates = (size_t)atol(arguments[5]);
  double seconds = atof(arguments[6]);
  int is_echo = getenv("ECHO") != NULL;
  uint64_t seed = 42, next_id = 1;
  frame *calls = malloc(drawn * sizeof *calls);
  for (size_t i = 0; i < drawn; i++) calls[i] = make_frame(model, candidates, &seed);

  int poll = epoll_create1(0);
  connection *all = calloc(connections, sizeof *all);
  for (size_t i = 0; i < connections; i++) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(arguments[2]))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int one = 1;
    all[i].socket = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(all[i].socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (connect(all[i].socket, (struct sockaddr *)&address, sizeof address) != 0) return perror("connect"), 1;
    all[i].input = malloc(1 << 20);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].socket, &event);
  }
  for (size_t k = 0; k < in_flight; k++)
    for (size_t i = 0; i < connections; i++) send_call(&all[i], &calls[next_id % drawn], next_id), next_id++;

  size_t capacity = 1 << 24, measured = 0, failures = 0;
  uint32_t *times = malloc(capacity * sizeof *times);
  uint64_t start = now_nanos(), warm = start + 1000000000u, end = warm + (uint64_t)(seconds * 1e9), now = start;
  while (now < end) {
    struct epoll_event ready[64];
    int events = epoll_wait(poll, ready, 64, 1000);
    now = now_nanos();
    for (int e = 0; e < events; e++) {
      connection *from = ready[e].data.ptr;
      ssize_t got = recv(from->socket, from->input + from->got, (1 << 20) - from->got, 0);
      if (got <= 0) return fprintf(stderr, "the server has closed\n"), 1;
      from->got += (size_t)got;
      size_t at = 0;
      for (;;) {
        uint32_t length;
        if (from->got - at < 4) break;
        memcpy(&length, from->input + at, 4);
        size_t whole = 4 + ntohl(length);
        if (from->got - at < whole) break;
        // Of one connection's calls of one size the first that is answered was the first that was sent.
        uint64_t took = now - from->sent[from->next_answered++ % most_in_flight];
        if (now >= warm && measured < capacity) times[measured++] = (uint32_t)(took / 100);
        failures += (size_t)failed(from->input + at, whole, is_echo);
        at += whole;
        send_call(from, &calls[next_id % drawn], next_id), next_id++;
      }
      memmove(from->input, from->input + at, from->got - at);
      from->got -= at;
    }
  }
  if (measured == 0) return fprintf(stderr, "no call was answered\n"), 1;
  qsort(times, measured, sizeof *times, ascending);
  printf("%.0f %.1f %.1f %.1f %zu\n", (double)measured / ((double)(now - warm) / 1e9), times[measured / 2] / 10.0,
    times[measured * 99 / 100] / 10.0, times[measured * 999 / 1000] / 10.0, failures);
}
