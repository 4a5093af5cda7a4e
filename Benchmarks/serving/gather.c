// The gather limit: what the memory alone costs of a ranking.
//
// For random users and random candidates of a model file this program reads the bytes that a ranking has to read, in the
// layout in which the server has them, does the least arithmetic on them, and nothing else: no wire, no duplicates, no
// blend, no bandit, no sorting. Ids are drawn beforehand. It does so twice: naively, candidate by candidate, and with
// prefetch some candidates ahead.
//
// One file, one thread, the C library only: cc -O2 -o gather gather.c

#define _GNU_SOURCE
#include "model_view.h"

#include <inttypes.h>
#include <time.h>

enum { rows_ahead = 8, block_rows = 64, line_floats = 16 };

// Four floats at any address: what every x86-64 has. (Wider vectors than the target's make GCC go through memory.)
typedef float block __attribute__((vector_size(16), aligned(4), may_alias));

typedef struct {
  size_t requests, candidates;
  const uint32_t *users;  // [requests]
  const uint64_t *ids;    // [requests, candidates]
} workload;

// MARK: Requests

static uint64_t next_random(uint64_t *state) {  // splitmix64
  return mixed(*state += 0x9E3779B97F4A7C15);
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
  uint32_t *users = malloc(requests * sizeof *users);
  uint64_t *ids = malloc(requests * candidates * sizeof *ids);
  for (size_t i = 0; i < requests; i++) users[i] = drawn_from[next_random(&seed) % pool];
  for (size_t i = 0; i < requests * candidates; i++) ids[i] = m->tweet_ids[next_random(&seed) % m->tweets];
  free(drawn_from);
  return (workload){requests, candidates, users, ids};
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

static inline float sparse_dot(const model *m, const tweet_record *own, const float *dense) {
  float even = 0, odd = 0;
  uint64_t k = own->first_entry, end = k + own->entry_count;
  for (; k + 2 <= end; k += 2) {
    even += m->vectors.weights[k] * dense[m->vectors.terms[k]];
    odd += m->vectors.weights[k + 1] * dense[m->vectors.terms[k + 1]];
  }
  return k < end ? even + odd + m->vectors.weights[k] * dense[m->vectors.terms[k]] : even + odd;
}

// GCC takes a function that only prefetches for one without effect and leaves out its calls, unless it is inlined
// first.
#define inlined static inline __attribute__((always_inline))

// The first slot of the id's tag: its row, but for one look-up in four thousand million, which the record's id tells.
inlined uint32_t find(const model *m, uint64_t hash) {
  for (uint64_t place = hash & m->slot_mask;; place = (place + 1) & m->slot_mask)
    if (m->slots[place].tag == (uint32_t)(hash >> 32) || m->slots[place].row == no_row) return m->slots[place].row;
}

// Rows of a block of ids: with prefetch, all slots are asked for at once, then all records.
inlined void look_up(const model *m, const uint64_t *ids, size_t count, uint32_t *rows, int prefetches) {
  uint64_t hashes[block_rows];
  for (size_t i = 0; i < count; i++) {
    hashes[i] = mixed(ids[i]);
    if (prefetches) __builtin_prefetch(m->slots + (hashes[i] & m->slot_mask));
  }
  for (size_t i = 0; i < count; i++) {
    rows[i] = find(m, hashes[i]);
    if (prefetches) __builtin_prefetch(m->records + rows[i]);
  }
  for (size_t i = 0; i < count; i++)
    if (m->records[rows[i]].id != ids[i]) fail("id %" PRIu64 " is not found", ids[i]);
}

// The factor row, and the entries whose place the record, by now there, tells.
inlined void prefetch_row(const model *m, uint32_t row) {
  const float *factors = m->tweet_factors + row * m->width;
  for (size_t k = 0; k < m->width; k += line_floats) __builtin_prefetch(factors + k);
  uint64_t begin = m->records[row].first_entry, end = begin + m->records[row].entry_count;
  if (begin == end) return;
  __builtin_prefetch(m->vectors.terms + begin);
  __builtin_prefetch(m->vectors.weights + begin);
  __builtin_prefetch(m->vectors.terms + end - 1);
  __builtin_prefetch(m->vectors.weights + end - 1);
}

inlined void score(
  const model *m, uint32_t user, const uint64_t *ids, size_t count, uint32_t *rows, float *dense, float *scores,
  int prefetches) {
  for (size_t i = 0; i < count; i += block_rows)
    look_up(m, ids + i, count - i < block_rows ? count - i : block_rows, rows + i, prefetches);
  for (uint64_t k = m->profiles.offsets[user]; k < m->profiles.offsets[user + 1]; k++)
    dense[m->profiles.terms[k]] = m->profiles.weights[k];
  const float *factors = m->user_factors + user * m->width;
  for (size_t i = 0; prefetches && i < rows_ahead && i < count; i++) prefetch_row(m, rows[i]);
  for (size_t i = 0; i < count; i++) {
    if (prefetches && i + rows_ahead < count) prefetch_row(m, rows[i + rows_ahead]);
    const tweet_record *own = m->records + rows[i];
    scores[i] = dot(m->tweet_factors + rows[i] * m->width, factors, m->width) + own->bias + own->prior
      + own->author_prior + sparse_dot(m, own, dense);
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
  uint32_t *rows = malloc(w->candidates * sizeof *rows);
  double *times = malloc((size_t)rounds * w->requests * sizeof *times), checksum = 0;
  size_t measured = 0;
  for (int round = 0; round < rounds; round++)
    for (size_t i = 0; i < w->requests; i++) {
      double start = micros_now();
      // A constant in each call, so that the naive loop has no trace of the other.
      if (prefetches)
        score(m, w->users[i], w->ids + i * w->candidates, w->candidates, rows, dense, scores, 1);
      else
        score(m, w->users[i], w->ids + i * w->candidates, w->candidates, rows, dense, scores, 0);
      times[measured++] = micros_now() - start;
      for (size_t k = 0; k < w->candidates; k++) checksum += scores[k];
    }
  qsort(times, measured, sizeof *times, ascending);
  outcome result = {times[measured / 2], times[measured / 10], checksum};
  free(dense), free(scores), free(times), free(rows);
  return result;
}

// Bytes that a ranking reads, on average: rows and entries, without the rest of their cache lines.
static double bytes_per_request(const model *m, const workload *w) {
  double own = 0;
  for (size_t i = 0; i < w->requests; i++)
    own += (double)(m->profiles.offsets[w->users[i] + 1] - m->profiles.offsets[w->users[i]]);
  double entries = (double)m->vectors.offsets[m->tweets] / (double)m->tweets;
  double per_candidate = sizeof(id_slot) + sizeof(tweet_record) + 4.0 * (double)m->width + 8 * entries;
  return (double)w->candidates * per_candidate + 8 * own / (double)w->requests + 4.0 * (double)m->width;
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
