/*
 * Checks the client against a real server that has learned the given keys and explores nothing (--epsilon 0):
 *
 *   test_server 127.0.0.1:7411 USER TWEET TWEET TWEET [TWEET ...]
 *
 * Every check that fails is printed; the exit code is 0 if none does.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apus.h"

enum { MAX_TWEETS = 64, DEADLINE_MS = 5000, LIKES = 3, PIPELINED = 8 };

static int checks, failures;

#define CHECK(condition) check((condition), #condition, __LINE__)

static int check(int holds, const char *text, int line)
{
  checks++;
  if (!holds) {
    failures++;
    fprintf(stderr, "test_server.c:%d: %s\n", line, text);
  }
  return holds;
}

static uint64_t id_of(const char *key) { return apus_id(key, strlen(key)); }

/* The place of a tweet in a ranking; count where it is not there. */
static size_t place_of(const apus_ranking *ranking, uint64_t tweet)
{
  size_t place = 0;
  while (place < ranking->count && ranking->tweet_ids[place] != tweet) place++;
  return place;
}

/* What the header promises of every explained ranking. */
static void check_ranking(const apus_ranking *ranking, size_t count)
{
  if (!CHECK(ranking->count == count) || !CHECK(ranking->signal_count >= 2)) return;
  CHECK(strcmp(ranking->signals[ranking->signal_count - 1], "bandit") == 0);
  for (size_t i = 0; i < ranking->count; i++) {
    const float *const row = ranking->contributions + i * ranking->signal_count;
    float sum = row[0];
    for (size_t signal = 1; signal < ranking->signal_count; signal++) sum += row[signal];
    CHECK(sum == ranking->scores[i]);
    CHECK(ranking->propensities != NULL && ranking->propensities[i] > 0 && ranking->propensities[i] <= 1);
    CHECK(i == 0 || ranking->scores[i] <= ranking->scores[i - 1]);
  }
}

static void test_ids(void)
{
  CHECK(id_of("17") == 17);
  CHECK(id_of("18446744073709551615") == UINT64_MAX);
  CHECK(id_of("017") != 17);
  CHECK(apus_id(NULL, 0) == UINT64_C(0xEF46DB3751D8E999)); /* XXH64 of nothing, from its specification */
}

static void test_describe(apus_client *client)
{
  apus_reply reply;
  if (CHECK(apus_describe(client, DEADLINE_MS, &reply) == APUS_OK)) {
    const apus_description *const it = reply.description;
    CHECK(it->users > 0 && it->tweets > 0 && it->terms > 0 && it->factors > 0 && it->workers > 0);
    CHECK(it->signal_count > 0 && it->epsilon == 0 && it->limits.candidates_per_call > 0);
    CHECK(strlen(it->model_version) == 16 && strlen(it->server_version) > 0);
  }
  apus_reply_free(&reply);
}

/* Known tweets, one of them twice, a tweet that nobody knows and one that comes with its text. */
static void test_rank(apus_client *client, uint64_t user, const uint64_t *tweets, size_t count)
{
  uint64_t candidates[MAX_TWEETS + 2];
  memcpy(candidates, tweets, count * sizeof *tweets);
  candidates[count] = tweets[0];
  candidates[count + 1] = id_of("a tweet that nobody knows");
  const char text[] = "a text of its own";
  const apus_new_tweet fresh = {id_of("a tweet with a text"), text, sizeof text - 1, 0, 0};
  apus_rank_request request = {0};
  request.user_id = user;
  request.tweet_ids = candidates;
  request.tweet_count = count + 2;
  request.new_tweets = &fresh;
  request.new_tweet_count = 1;
  request.explain = true;
  request.include_text = true;
  apus_reply reply;
  if (CHECK(apus_rank(client, &request, DEADLINE_MS, &reply) == APUS_OK)) {
    const apus_ranking *const ranking = reply.ranking;
    check_ranking(ranking, count + 2);
    CHECK(ranking->user_known && ranking->duplicates_removed == 1 && ranking->explored_position == 0);
    const size_t known = place_of(ranking, tweets[0]);
    const size_t unknown = place_of(ranking, candidates[count + 1]);
    const size_t by_text = place_of(ranking, fresh.tweet_id);
    if (CHECK(known < ranking->count && unknown < ranking->count && by_text < ranking->count)) {
      CHECK(ranking->familiarity[known] == APUS_FAMILIARITY_KNOWN && ranking->texts[known].length > 0);
      CHECK(ranking->familiarity[unknown] == APUS_FAMILIARITY_UNKNOWN && ranking->texts[unknown].length == 0);
      CHECK(ranking->familiarity[by_text] == APUS_FAMILIARITY_TEXT);
    }
  }
  apus_reply_free(&reply);
}

static void check_tweets(const apus_tweets *tweets, size_t limit)
{
  CHECK(tweets->count > 0 && tweets->count <= limit);
  for (size_t i = 0; i < tweets->count; i++) {
    CHECK(tweets->values[i] > 0);
    CHECK(i == 0 || tweets->values[i] <= tweets->values[i - 1]);
    CHECK(tweets->texts != NULL && tweets->texts[i].length > 0);
    /* A name is the key of the id; without one the key is the id in decimal. */
    if (CHECK(tweets->names != NULL) && tweets->names[i].length > 0)
      CHECK(apus_id(tweets->names[i].bytes, tweets->names[i].length) == tweets->tweet_ids[i]);
  }
}

static void test_similar(apus_client *client, uint64_t tweet)
{
  apus_reply reply;
  apus_similar_request request = {0};
  request.tweet_id = tweet;
  request.limit = 5;
  request.include_text = true;
  request.include_names = true;
  if (CHECK(apus_similar(client, &request, DEADLINE_MS, &reply) == APUS_OK)) {
    check_tweets(reply.tweets, 5);
    for (size_t i = 0; i < reply.tweets->count; i++)
      CHECK(reply.tweets->values[i] <= 1.000001 && reply.tweets->tweet_ids[i] != tweet);
  }
  apus_reply_free(&reply);
  request.tweet_id = id_of("a tweet that nobody knows");
  CHECK(apus_similar(client, &request, DEADLINE_MS, &reply) == APUS_NOT_FOUND);
  CHECK(!reply.executed && strlen(reply.message) > 0 && reply.tweets == NULL);
  apus_reply_free(&reply);
}

static void test_top(apus_client *client)
{
  const apus_top_order orders[] = {APUS_TOP_PAGERANK, APUS_TOP_POPULARITY};
  for (size_t i = 0; i < 2; i++) {
    apus_reply reply;
    apus_top_request request = {0};
    request.order = orders[i];
    request.limit = 7;
    request.include_text = true;
    request.include_names = true;
    if (CHECK(apus_top(client, &request, DEADLINE_MS, &reply) == APUS_OK)) {
      CHECK(reply.tweets->count == 7);
      check_tweets(reply.tweets, 7);
    }
    apus_reply_free(&reply);
    request.include_text = request.include_names = false;
    if (CHECK(apus_top(client, &request, DEADLINE_MS, &reply) == APUS_OK))
      CHECK(reply.tweets->texts == NULL && reply.tweets->names == NULL);
    apus_reply_free(&reply);
  }
}

/* The bandit's contribution to one tweet's score. */
static float bandit_term(apus_client *client, uint64_t user, uint64_t tweet)
{
  apus_rank_request request = {0};
  request.user_id = user;
  request.tweet_ids = &tweet;
  request.tweet_count = 1;
  request.explain = true;
  apus_reply reply;
  float term = 0;
  if (CHECK(apus_rank(client, &request, DEADLINE_MS, &reply) == APUS_OK) && CHECK(reply.ranking->count == 1))
    term = reply.ranking->contributions[reply.ranking->signal_count - 1];
  apus_reply_free(&reply);
  return term;
}

/* What is recorded counts at once. */
static void test_record(apus_client *client, uint64_t user, uint64_t tweet)
{
  float before = bandit_term(client, user, tweet);
  uint64_t sequence = 0;
  for (int i = 0; i < LIKES; i++) {
    const apus_event events[] = {{user, tweet, APUS_EVENT_IMPRESSION, 0, 0}, {user, tweet, APUS_EVENT_LIKE, 0, 0}};
    apus_reply reply;
    if (CHECK(apus_record(client, events, 2, DEADLINE_MS, &reply) == APUS_OK)) {
      CHECK(reply.recorded->recorded == 2 && reply.executed);
      CHECK(sequence == 0 || reply.recorded->last_sequence == sequence + 2);
      sequence = reply.recorded->last_sequence;
    }
    apus_reply_free(&reply);
    const float after = bandit_term(client, user, tweet);
    CHECK(after > before);
    before = after;
  }
}

/* More candidates than the server takes are refused, and the connection serves on. */
static void test_refusal(apus_client *client, uint64_t user)
{
  const size_t count = 5001;
  uint64_t *const candidates = malloc(count * sizeof *candidates);
  if (!CHECK(candidates != NULL)) return;
  for (size_t i = 0; i < count; i++) candidates[i] = i + 1;
  apus_rank_request request = {0};
  request.user_id = user;
  request.tweet_ids = candidates;
  request.tweet_count = count;
  apus_reply reply;
  CHECK(apus_rank(client, &request, DEADLINE_MS, &reply) == APUS_INVALID_ARGUMENT);
  CHECK(strstr(reply.message, "5001") != NULL && reply.ranking == NULL);
  apus_reply_free(&reply);
  free(candidates);
  CHECK(apus_is_open(client));
}

static void test_pipeline(apus_client *client, uint64_t user, const uint64_t *tweets, size_t count)
{
  apus_rank_request request = {0};
  request.user_id = user;
  request.tweet_ids = tweets;
  request.tweet_count = count;
  uint64_t sent = 0, received = 0;
  for (int i = 0; i < PIPELINED; i++) {
    uint64_t id;
    if (CHECK(apus_send_rank(client, &request, 1000, &id) == APUS_OK)) sent += id;
  }
  CHECK(apus_flush(client, DEADLINE_MS) == APUS_OK);
  for (int i = 0; i < PIPELINED; i++) {
    apus_reply reply;
    if (CHECK(apus_receive(client, DEADLINE_MS, &reply) == APUS_OK) && CHECK(reply.status == APUS_OK)) {
      CHECK(reply.ranking->count == count);
      received += reply.call_id;
    }
    apus_reply_free(&reply);
  }
  CHECK(sent == received && apus_calls_in_flight(client) == 0);
}

int main(int argc, char **argv)
{
  if (argc < 6 || argc > 3 + MAX_TWEETS) {
    fprintf(stderr, "usage: %s HOST:PORT USER TWEET TWEET TWEET [TWEET ...]\n", argv[0]);
    return 2;
  }
  const uint64_t user = id_of(argv[2]);
  const size_t count = (size_t)argc - 3;
  uint64_t tweets[MAX_TWEETS];
  for (size_t i = 0; i < count; i++) tweets[i] = id_of(argv[3 + i]);

  apus_client *client = NULL;
  apus_error error;
  if (apus_connect(argv[1], DEADLINE_MS, &client, &error) != APUS_OK) {
    fprintf(stderr, "test_server: %s\n", error.message);
    return EXIT_FAILURE;
  }
  test_ids();
  test_describe(client);
  test_rank(client, user, tweets, count);
  test_similar(client, tweets[0]);
  test_top(client);
  test_record(client, user, tweets[1]);
  test_refusal(client, user);
  test_pipeline(client, user, tweets, count);
  test_describe(client);
  apus_close(client);
  printf("%d of %d checks passed\n", checks - failures, checks);
  return failures == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
