/*
 * Checks the client against a real server that has learned the given keys and explores nothing (--epsilon 0):
 *
 *   test_server 127.0.0.1:7411 USER TWEET TWEET TWEET [TWEET ...]
 *
 * Every check that fails is printed; the exit code is 0 if none does.
 */
#include "test_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int checks, failures;

int check(int holds, const char *text, const char *file, int line)
{
  checks++;
  if (!holds) {
    failures++;
    fprintf(stderr, "%s:%d: %s\n", file, line, text);
  }
  return holds;
}

uint64_t id_of(const char *key) { return apus_id(key, strlen(key)); }

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

static void test_recommend(apus_client *client, uint64_t user)
{
  apus_reply reply;
  apus_recommend_request request = {user, 5, true, true};
  if (CHECK(apus_recommend(client, &request, DEADLINE_MS, &reply) == APUS_OK)) {
    const apus_tweets *const tweets = reply.tweets;
    const apus_recommendation *const it = tweets->recommendation;
    CHECK(tweets->count == 5 && strcmp(tweets->source, "computed") == 0 && tweets->texts[0].length > 0);
    CHECK(it->request_id != 0 && it->user_known && it->candidates >= 5 && it->made_at == 0);
    CHECK(it->compute_reason == APUS_COMPUTED_NO_STORE && strlen(it->policy_version) > 0);
    for (size_t i = 0; i < tweets->count; i++) CHECK(it->propensities[i] > 0 && it->propensities[i] <= 1);
  }
  apus_reply_free(&reply);
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
  test_recommend(client, user);
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
