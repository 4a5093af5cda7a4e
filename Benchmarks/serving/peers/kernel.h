// What every peer computes for one call: the classic recipe's sums, as a service team would write them.
#ifndef APUS_PEER_KERNEL_H
#define APUS_PEER_KERNEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct peer_model peer_model;

// Reads a model file, or ends the process.
peer_model *peer_load(const char *path);

// Scores of the candidates for a user: candidate by candidate, each id looked up, no prefetch. Ids that are not known
// get 0. [count]
void peer_score(const peer_model *model, uint64_t user, const uint64_t *ids, size_t count, float *scores);

// All candidates, best first.
void peer_order(const float *scores, size_t count, uint32_t *order);

// A user that has a profile, and a tweet, both drawn at random.
uint64_t peer_user(const peer_model *model, uint64_t *seed);
uint64_t peer_tweet(const peer_model *model, uint64_t *seed);

#ifdef __cplusplus
}
#endif
#endif
