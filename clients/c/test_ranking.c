/* The parts of test_server that rank: what the header promises of rankings, feedback, refusals and pipelining. */
#include "test_server.h"

#include <stdlib.h>
#include <string.h>

enum { LIKES = 3, PIPELINED = 8 };

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

/* Known tweets, one of them twice, a tweet that nobody knows and one that comes with its text. */
void test_rank(apus_client *client, uint64_t user, const uint64_t *tweets, size_t count)
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
void test_record(apus_client *client, uint64_t user, uint64_t tweet)
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
void test_refusal(apus_client *client, uint64_t user)
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

void test_pipeline(apus_client *client, uint64_t user, const uint64_t *tweets, size_t count)
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
