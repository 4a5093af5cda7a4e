/*
 * Ranks candidates for one user and prints the best ten.
 *
 *   example 127.0.0.1:7411                     500 candidates with ids drawn from a seeded generator
 *   example 127.0.0.1:7411 alice 17 18 tweet_9  these candidates for this user; keys may be any string
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apus.h"

enum { CANDIDATES = 500, SHOWN = 10, DEADLINE_MS = 200 };

static uint64_t id_of(const char *key) { return apus_id(key, strlen(key)); }

/* splitmix64: the next of a fixed sequence of ids. */
static uint64_t next_random(uint64_t *state)
{
  uint64_t z = *state += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

static void print_ranking(const apus_reply *reply)
{
  static const char *const known[] = {"known", "by text", "unknown"};
  const apus_ranking *const ranking = reply->ranking;
  const size_t shown = ranking->count < SHOWN ? ranking->count : SHOWN;
  printf("%4s  %20s  %12s  %10s  %s\n", "rank", "tweet", "score", "propensity", "model");
  for (size_t i = 0; i < shown; i++) {
    const int32_t familiarity = ranking->familiarity == NULL ? -1 : ranking->familiarity[i];
    printf("%4zu  %20" PRIu64 "  %12.6f  %10.4f  %s\n", i + 1, ranking->tweet_ids[i], (double)ranking->scores[i],
           ranking->propensities == NULL ? 0.0 : (double)ranking->propensities[i],
           familiarity >= 0 && familiarity <= 2 ? known[familiarity] : "?");
  }
  printf("%zu tweets ranked for a user that the model %s; model %s, server's time %" PRIu32 " us\n", ranking->count,
         ranking->user_known ? "knows" : "does not know", ranking->model_version, reply->server_micros);
}

static int rank(apus_client *client, const apus_rank_request *request)
{
  apus_reply reply;
  const apus_status status = apus_rank(client, request, DEADLINE_MS, &reply);
  if (status == APUS_OK)
    print_ranking(&reply);
  else
    fprintf(stderr, "example: %s: %s\n", apus_strstatus(status), reply.message);
  apus_reply_free(&reply);
  return status == APUS_OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

int main(int argc, char **argv)
{
  if (argc < 2) {
    fprintf(stderr, "usage: %s HOST:PORT [USER [TWEET ...]]\n", argv[0]);
    return 2;
  }
  const size_t given = argc > 3 ? (size_t)argc - 3 : 0;
  const size_t count = given > 0 ? given : CANDIDATES;
  uint64_t *const candidates = malloc(count * sizeof *candidates);
  if (candidates == NULL) return EXIT_FAILURE;
  uint64_t state = 42;
  for (size_t i = 0; i < count; i++) candidates[i] = given > 0 ? id_of(argv[3 + i]) : next_random(&state);

  int code = EXIT_FAILURE;
  apus_client *client = NULL;
  apus_error error;
  if (apus_connect(argv[1], 1000, &client, &error) == APUS_OK) {
    apus_rank_request request = {0};
    request.user_id = id_of(argc > 2 ? argv[2] : "1");
    request.tweet_ids = candidates;
    request.tweet_count = count;
    code = rank(client, &request);
  } else {
    fprintf(stderr, "example: %s\n", error.message);
  }
  apus_close(client);
  free(candidates);
  return code;
}
