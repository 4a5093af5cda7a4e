// How long callers of Recommend wait. Each of some connections, on a thread of its own, asks one call after the other:
// as fast as it can, or at its share of a rate. At a rate a call's time counts from the moment at which it was due, so
// that a server that stands still cannot hide it.
//
//   recommend ADDRESS USERS-FILE CONNECTIONS SECONDS RATE     (rate 0: as fast as it goes)
//
// One line of JSON: calls a second, round trips in microseconds, how many answers came from a list, and how many calls
// failed, by status; what the first of each said goes to standard error.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "apus.h"

enum { users_held = 1 << 20, calls_held = 1 << 22, warmup_share = 10, statuses = 256 };

static const char *address;
static uint64_t *users;
static size_t user_count;
static double seconds, interval_nanos;
static int connections;

typedef struct worker {
  pthread_t thread;
  int number;
  int64_t start;
  uint32_t *micros; // [calls]
  size_t calls, precomputed;
  size_t failed[statuses]; // by apus_status, of warm-up too
} worker;

static int64_t now_nanos(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static void wait_until(int64_t nanos) {
  struct timespec time = {.tv_sec = nanos / 1000000000, .tv_nsec = nanos % 1000000000};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, NULL) != 0) {
  }
}

static pthread_mutex_t said_lock = PTHREAD_MUTEX_INITIALIZER;
static char said[statuses];

// Counts a call that failed; the first of its status is told, with when it was and how long it took.
static void fail(worker *self, const apus_reply *reply, int64_t after_nanos, int64_t took_nanos) {
  unsigned status = (unsigned)reply->status < statuses ? (unsigned)reply->status : statuses - 1;
  self->failed[status]++;
  pthread_mutex_lock(&said_lock);
  if (!said[status]) {
    fprintf(stderr, "recommend: after %.3f s, a call of %.1f ms (%.1f ms of it in the server): %s: %s\n",
            (double)after_nanos / 1e9, (double)took_nanos / 1e6, reply->server_micros / 1e3,
            apus_strstatus(reply->status), reply->message);
  }
  said[status] = 1;
  pthread_mutex_unlock(&said_lock);
}

static apus_client *connected(void) {
  apus_client *client = NULL;
  apus_error error;
  if (apus_connect(address, 2000, &client, &error) == APUS_OK) return client;
  fprintf(stderr, "recommend: %s\n", error.message);
  exit(1);
}

// One call, and its time if that counts.
static apus_status ask(worker *self, apus_client *client, uint64_t user, int64_t due, int64_t counted_from) {
  apus_recommend_request request = {.user_id = user, .limit = 10};
  apus_reply reply;
  apus_status status = apus_recommend(client, &request, 200, &reply);
  int64_t took = now_nanos() - due;
  if (status != APUS_OK) {
    fail(self, &reply, due - self->start, took);
  } else if (due >= counted_from && self->calls < calls_held / (size_t)connections) {
    self->micros[self->calls++] = (uint32_t)(took / 1000);
    if (reply.tweets && reply.tweets->source && strcmp(reply.tweets->source, "precomputed") == 0) self->precomputed++;
  }
  apus_reply_free(&reply);
  return status;
}

static void *run(void *argument) {
  worker *self = argument;
  apus_client *client = connected();
  int64_t length = (int64_t)(seconds * 1e9), counted_from = self->start + length / warmup_share;
  int64_t end = counted_from + length;
  uint64_t state = 88172645463325252u + (uint64_t)self->number * 0x9E3779B97F4A7C15u;
  // Connections take turns, so that calls are due one after the other and not all at once.
  double next = (double)self->start + interval_nanos * self->number;
  for (;;) {
    int64_t due = now_nanos();
    if (interval_nanos > 0) {
      due = (int64_t)next;
      next += interval_nanos * connections;
      wait_until(due);
    }
    if (due >= end) break;
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    apus_status status = ask(self, client, users[state % user_count], due, counted_from);
    if (status == APUS_ERR_CONNECTION || status == APUS_ERR_CLOSED || status == APUS_ERR_PROTOCOL) {
      apus_close(client);
      client = connected();
    }
  }
  apus_close(client);
  return NULL;
}

static int ascending(const void *a, const void *b) {
  uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
  return (left > right) - (left < right);
}

static void read_users(const char *path) {
  FILE *file = fopen(path, "r");
  char line[512];
  users = malloc(sizeof(uint64_t) * users_held);
  while (file && users && user_count < users_held && fgets(line, sizeof line, file)) {
    size_t length = strcspn(line, "\r\n");
    if (length > 0) users[user_count++] = apus_id(line, length);
  }
  if (file) fclose(file);
  if (user_count == 0) {
    fprintf(stderr, "recommend: no users in %s\n", path);
    exit(1);
  }
}

static void report(worker *workers) {
  uint32_t *all = malloc(sizeof(uint32_t) * calls_held);
  size_t count = 0, precomputed = 0, failed = 0, by_status[statuses] = {0};
  for (int i = 0; i < connections; i++) {
    memcpy(all + count, workers[i].micros, sizeof(uint32_t) * workers[i].calls);
    count += workers[i].calls;
    precomputed += workers[i].precomputed;
    for (int status = 0; status < statuses; status++) {
      failed += workers[i].failed[status];
      by_status[status] += workers[i].failed[status];
    }
  }
  qsort(all, count, sizeof *all, ascending);
  double parts[] = {0.5, 0.9, 0.99, 0.999};
  printf("{\"connections\": %d, \"callsPerSecond\": %.0f", connections, (double)count / seconds);
  for (int i = 0; i < 4; i++) {
    printf(", \"p%g\": %u", parts[i] * 100, count ? all[(size_t)(parts[i] * (double)(count - 1))] : 0);
  }
  printf(", \"precomputed\": %zu, \"answered\": %zu, \"failed\": %zu, \"failures\": {", precomputed, count, failed);
  const char *between = "";
  for (int status = 0; status < statuses; status++) {
    if (by_status[status] == 0) continue;
    printf("%s\"%s\": %zu", between, apus_strstatus((apus_status)status), by_status[status]);
    between = ", ";
  }
  printf("}}\n");
  free(all);
}

int main(int count, char **arguments) {
  if (count != 6) {
    fprintf(stderr, "usage: recommend ADDRESS USERS-FILE CONNECTIONS SECONDS RATE\n");
    return 64;
  }
  address = arguments[1];
  read_users(arguments[2]);
  connections = atoi(arguments[3]);
  seconds = atof(arguments[4]);
  if (connections < 1 || connections > 256 || seconds <= 0) return 64;
  interval_nanos = atof(arguments[5]) > 0 ? 1e9 / atof(arguments[5]) : 0;
  worker *workers = calloc((size_t)connections, sizeof *workers);
  int64_t start = now_nanos();
  for (int i = 0; i < connections; i++) {
    workers[i].number = i;
    workers[i].start = start;
    workers[i].micros = malloc(sizeof(uint32_t) * (calls_held / (size_t)connections));
    if (pthread_create(&workers[i].thread, NULL, run, &workers[i]) != 0) return 1;
  }
  for (int i = 0; i < connections; i++) pthread_join(workers[i].thread, NULL);
  report(workers);
  return 0;
}
