// The gather limit: what the memory alone costs of a ranking.
//
// For random users and random candidates of a model file this program reads the bytes that scoring has to read, does
// the least arithmetic on them, and nothing else: no wire, no look-up of ids, no blend, no bandit, no sorting. Rows are
// drawn beforehand. It does so twice: naively, candidate by candidate, and with prefetch some candidates ahead.
//
// One file, one thread, the C library only: cc -O2 -o gather gather.c

#define _GNU_SOURCE
#include "model_view.h"

#include <inttypes.h>
#include <time.h>

enum { near_rows = 8, far_rows = 16, line_floats = 16 };

// Four floats at any address: what every x86-64 has. (Wider vectors than the target's make GCC go through memory.)
typedef float block __attribute__((vector_size(16), aligned(4), may_alias));

typedef struct {
  size_t requests, candidates;
  const uint32_t *users;  // [requests]
  const uint32_t *rows;   // [requests, candidates]
} workload;

// MARK: Requests

static uint64_t next_random(uint64_t *state) {  // splitmix64
  uint64_t z = *state += 0x9E3779B97F4A7C15;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// Rows of the users that have a profile: for others the server skips part of the work.
static uint32_t *users_with_profile(const model *m, size_t *count) {
  uint32_t *found = malloc(m->users * sizeof *found);
  *count = 0;
  for (size_t row = 0; row < m->users; row++)
    if (m->profiles.offsets[row + 1] > m->profiles.offsets[row]) found[(*count)++] = (uint32_t)row;
  if (*count == 0) fail("no user of the model has a profile");
  return found;
}

static workload draw(const model *m, size_t requests, size_t candidates, uint64_t seed) {
  size_t pool;
  uint32_t *drawn_from = users_with_profile(m, &pool);
  uint32_t *users = malloc(requests * sizeof *users), *rows = malloc(requests * candidates * sizeof *rows);
  for (size_t i = 0; i < requests; i++) users[i] = drawn_from[next_random(&seed) % pool];
  for (size_t i = 0; i < requests * candidates; i++) rows[i] = (uint32_t)(next_random(&seed) % m->tweets);
  free(drawn_from);
  return (workload){requests, candidates, users, rows};
}

// Two files of ids, one a line, for a load client: users with a profile, and all tweets.
static void write_ids(const model *m, const char *users_path, const char *tweets_path) {
  FILE *users_file = fopen(users_path, "w"), *tweets_file = fopen(tweets_path, "w");
  if (!users_file || !tweets_file) fail("cannot write %s or %s", users_path, tweets_path);
  size_t count;
  uint32_t *rows = users_with_profile(m, &count);
  for (size_t i = 0; i < count; i++) fprintf(users_file, "%" PRIu64 "\n", m->user_ids[rows[i]]);
  for (size_t row = 0; row < m->tweets; row++) fprintf(tweets_file, "%" PRIu64 "\n", m->tweet_ids[row]);
  free(rows);
  if (fclose(users_file) != 0 || fclose(tweets_file) != 0) fail("cannot write %s or %s", users_path, tweets_path);
}

// MARK: The measured loops

// Four sums side by side, so that the additions do not wait for each other.
static inline float dot(const float *a, const float *b, size_t width) {
  block sums[4] = {{0}, {0}, {0}, {0}};
  for (size_t k = 0; k < width; k += 16) {
    sums[0] += *(const block *)(a + k) * *(const block *)(b + k);
    sums[1] += *(const block *)(a + k + 4) * *(const block *)(b + k + 4);
    sums[2] += *(const block *)(a + k + 8) * *(const block *)(b + k + 8);
    sums[3] += *(const block *)(a + k + 12) * *(const block *)(b + k + 12);
  }
  block sum = (sums[0] + sums[1]) + (sums[2] + sums[3]);
  return (sum[0] + sum[1]) + (sum[2] + sum[3]);
}

static inline float sparse_dot(const sparse_rows *rows, uint32_t row, const float *dense) {
  float even = 0, odd = 0;
  uint64_t k = rows->offsets[row], end = rows->offsets[row + 1];
  for (; k + 2 <= end; k += 2) {
    even += rows->weights[k] * dense[rows->terms[k]];
    odd += rows->weights[k + 1] * dense[rows->terms[k + 1]];
  }
  return k < end ? even + odd + rows->weights[k] * dense[rows->terms[k]] : even + odd;
}

// GCC takes a function that only prefetches for one without effect and leaves out its calls, unless it is inlined
// first.
#define inlined static inline __attribute__((always_inline))

// What can be asked for by the row alone, far ahead.
inlined void prefetch_far(const model *m, uint32_t row) {
  __builtin_prefetch(m->vectors.offsets + row);
  __builtin_prefetch(m->tweet_bias + row);
  __builtin_prefetch(m->tweet_prior + row);
  __builtin_prefetch(m->author_prior + row);
}

// The factor row, and the entries whose place the offsets, by now there, tell.
inlined void prefetch_near(const model *m, uint32_t row) {
  const float *factors = m->tweet_factors + row * m->width;
  for (size_t k = 0; k < m->width; k += line_floats) __builtin_prefetch(factors + k);
  uint64_t begin = m->vectors.offsets[row], end = m->vectors.offsets[row + 1];
  if (begin == end) return;
  __builtin_prefetch(m->vectors.terms + begin);
  __builtin_prefetch(m->vectors.weights + begin);
  __builtin_prefetch(m->vectors.terms + end - 1);
  __builtin_prefetch(m->vectors.weights + end - 1);
}

inlined void score(
  const model *m, uint32_t user, const uint32_t *rows, size_t count, float *dense, float *scores, int prefetches) {
  for (uint64_t k = m->profiles.offsets[user]; k < m->profiles.offsets[user + 1]; k++)
    dense[m->profiles.terms[k]] = m->profiles.weights[k];
  const float *factors = m->user_factors + user * m->width;
  for (size_t i = 0; prefetches && i < far_rows && i < count; i++) prefetch_far(m, rows[i]);
  for (size_t i = 0; prefetches && i < near_rows && i < count; i++) prefetch_near(m, rows[i]);
  for (size_t i = 0; i < count; i++) {
    if (prefetches && i + far_rows < count) prefetch_far(m, rows[i + far_rows]);
    if (prefetches && i + near_rows < count) prefetch_near(m, rows[i + near_rows]);
    uint32_t row = rows[i];
    scores[i] = dot(m->tweet_factors + row * m->width, factors, m->width) + m->tweet_bias[row] + m->tweet_prior[row]
      + m->author_prior[row] + sparse_dot(&m->vectors, row, dense);
  }
  for (uint64_t k = m->profiles.offsets[user]; k < m->profiles.offsets[user + 1]; k++)
    dense[m->profiles.terms[k]] = 0;
}

static double micros_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int ascending(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

typedef struct {
  double median, tenth, checksum;  // microseconds a request; the sum of all scores keeps the work from being left out
} outcome;

static outcome measure(const model *m, const workload *w, int rounds, int prefetches) {
  float *dense = calloc(m->terms, sizeof *dense), *scores = malloc(w->candidates * sizeof *scores);
  double *times = malloc((size_t)rounds * w->requests * sizeof *times), checksum = 0;
  size_t measured = 0;
  for (int round = 0; round < rounds; round++)
    for (size_t i = 0; i < w->requests; i++) {
      double start = micros_now();
      // A constant in each call, so that the naive loop has no trace of the other.
      if (prefetches)
        score(m, w->users[i], w->rows + i * w->candidates, w->candidates, dense, scores, 1);
      else
        score(m, w->users[i], w->rows + i * w->candidates, w->candidates, dense, scores, 0);
      times[measured++] = micros_now() - start;
      for (size_t k = 0; k < w->candidates; k++) checksum += scores[k];
    }
  qsort(times, measured, sizeof *times, ascending);
  outcome result = {times[measured / 2], times[measured / 10], checksum};
  free(dense), free(scores), free(times);
  return result;
}

// Bytes that scoring reads, on average: rows and entries, without the rest of their cache lines.
static double bytes_per_request(const model *m, const workload *w) {
  double entries = 0, own = 0;
  for (size_t i = 0; i < w->requests * w->candidates; i++)
    entries += (double)(m->vectors.offsets[w->rows[i] + 1] - m->vectors.offsets[w->rows[i]]);
  for (size_t i = 0; i < w->requests; i++)
    own += (double)(m->profiles.offsets[w->users[i] + 1] - m->profiles.offsets[w->users[i]]);
  double per_candidate = 4.0 * (double)m->width + 12 + 16;
  return (double)w->candidates * per_candidate + (8 * entries + 8 * own) / (double)w->requests + 4.0 * (double)m->width;
}

// MARK: The command

static uint64_t number(const char *text, uint64_t smallest, uint64_t largest) {
  char *end;
  uint64_t value = strtoull(text, &end, 10);
  if (*text == 0 || *end != 0 || value < smallest || value > largest)
    fail("'%s' is not a number from %" PRIu64 " to %" PRIu64, text, smallest, largest);
  return value;
}

int main(int count, char **arguments) {
  size_t candidates = 500, requests = 2048;
  uint64_t seed = 42;
  int rounds = 8;
  const char *path = NULL, *users_path = NULL, *tweets_path = NULL;
  for (int i = 1; i < count; i++) {
    const char *option = arguments[i], *value = i + 1 < count ? arguments[i + 1] : "";
    if (option[0] != '-') {
      path = option;
      continue;
    }
    i++;
    if (strcmp(option, "--candidates") == 0) candidates = number(value, 1, 100000);
    else if (strcmp(option, "--requests") == 0) requests = number(value, 1, 100000);
    else if (strcmp(option, "--rounds") == 0) rounds = (int)number(value, 1, 1000);
    else if (strcmp(option, "--seed") == 0) seed = number(value, 0, UINT64_MAX);
    else if (strcmp(option, "--write-users") == 0) users_path = value;
    else if (strcmp(option, "--write-tweets") == 0) tweets_path = value;
    else fail("unknown option %s", option);
  }
  if (!path) fail("usage: gather MODEL [--candidates N] [--requests N] [--rounds N] [--seed N] [--write-users FILE "
    "--write-tweets FILE]");
  model m = load(path);
  if (users_path && tweets_path) write_ids(&m, users_path, tweets_path);
  workload w = draw(&m, requests, candidates, seed);
  measure(&m, &w, 1, 1);  // warm-up: pages, clocks
  outcome naive = measure(&m, &w, rounds, 0), prefetching = measure(&m, &w, rounds, 1);
  if (naive.checksum != prefetching.checksum) fail("the two loops disagree");
  printf("{\n  \"users\" : %zu,\n  \"tweets\" : %zu,\n", m.users, m.tweets);
  printf("  \"candidates\" : %zu,\n", candidates);
  printf("  \"bytesPerRequest\" : %.0f,\n", bytes_per_request(&m, &w));
  printf("  \"naiveMicros\" : %.2f,\n  \"naiveBestTenthMicros\" : %.2f,\n", naive.median, naive.tenth);
  printf("  \"gatherMicros\" : %.2f,\n  \"gatherBestTenthMicros\" : %.2f\n}\n", prefetching.median, prefetching.tenth);
}
