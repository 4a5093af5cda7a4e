/* What the parts of test_server share. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H

#include <stddef.h>
#include <stdint.h>

#include "apus.h"

enum { MAX_TWEETS = 64, DEADLINE_MS = 5000 };

/* Counts a check, prints it where it fails, and tells whether it held. */
#define CHECK(condition) check((condition), #condition, __FILE__, __LINE__)
int check(int holds, const char *text, const char *file, int line);

uint64_t id_of(const char *key);

/* In test_ranking.c. */
void test_rank(apus_client *client, uint64_t user, const uint64_t *tweets, size_t count);
void test_record(apus_client *client, uint64_t user, uint64_t tweet);
void test_refusal(apus_client *client, uint64_t user);
void test_pipeline(apus_client *client, uint64_t user, const uint64_t *tweets, size_t count);

#endif
