#define _GNU_SOURCE
#include "kernel.h"

#include "../model_view.h"

struct peer_model {
  model view;
  float *dense;  // one call at a time
  uint32_t *user_slots;
  uint64_t user_mask;
};

peer_model *peer_load(const char *path) {
  peer_model *peer = calloc(1, sizeof *peer);
  peer->view = load(path);
  const model *m = &peer->view;
  peer->dense = calloc(m->terms, sizeof *peer->dense);
  size_t capacity = 16;
  while (capacity < m->users * 2) capacity *= 2;
  peer->user_mask = capacity - 1;
  peer->user_slots = malloc(capacity * sizeof *peer->user_slots);
  memset(peer->user_slots, 0xFF, capacity * sizeof *peer->user_slots);
  for (size_t row = 0; row < m->users; row++) {
    uint64_t place = mixed(m->user_ids[row]) & peer->user_mask;
    while (peer->user_slots[place] != no_row) place = (place + 1) & peer->user_mask;
    peer->user_slots[place] = (uint32_t)row;
  }
  return peer;
}

static uint32_t find_user(const peer_model *peer, uint64_t id) {
  for (uint64_t place = mixed(id) & peer->user_mask;; place = (place + 1) & peer->user_mask) {
    uint32_t row = peer->user_slots[place];
    if (row == no_row || peer->view.user_ids[row] == id) return row;
  }
}

static uint32_t find_tweet(const model *m, uint64_t id) {
  uint64_t hash = mixed(id);
  for (uint64_t place = hash & m->slot_mask;; place = (place + 1) & m->slot_mask) {
    id_slot slot = m->slots[place];
    if (slot.row == no_row || (slot.tag == (uint32_t)(hash >> 32) && m->records[slot.row].id == id)) return slot.row;
  }
}

void peer_score(const peer_model *peer, uint64_t user_id, const uint64_t *ids, size_t count, float *scores) {
  const model *m = &peer->view;
  uint32_t user = find_user(peer, user_id);
  if (user != no_row)
    for (uint64_t k = m->profiles.offsets[user]; k < m->profiles.offsets[user + 1]; k++)
      peer->dense[m->profiles.terms[k]] = m->profiles.weights[k];
  for (size_t i = 0; i < count; i++) {
    uint32_t row = find_tweet(m, ids[i]);
    scores[i] = 0;
    if (row == no_row) continue;
    const tweet_record *own = m->records + row;
    float sum = own->bias + own->prior + own->author_prior;
    if (user != no_row) {
      const float *a = m->tweet_factors + row * m->width, *b = m->user_factors + user * m->width;
      for (size_t k = 0; k < m->width; k++) sum += a[k] * b[k];
      for (uint64_t k = own->first_entry; k < own->first_entry + own->entry_count; k++)
        sum += m->vectors.weights[k] * peer->dense[m->vectors.terms[k]];
    }
    scores[i] = sum;
  }
  if (user != no_row)
    for (uint64_t k = m->profiles.offsets[user]; k < m->profiles.offsets[user + 1]; k++)
      peer->dense[m->profiles.terms[k]] = 0;
}

static int better(const void *a, const void *b, void *scores) {
  float x = ((const float *)scores)[*(const uint32_t *)a], y = ((const float *)scores)[*(const uint32_t *)b];
  return (x < y) - (x > y);
}

void peer_order(const float *scores, size_t count, uint32_t *order) {
  for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
  qsort_r(order, count, sizeof *order, better, (void *)scores);
}

uint64_t peer_user(const peer_model *peer, uint64_t *seed) {
  const model *m = &peer->view;
  for (;;) {
    size_t row = mixed(*seed += 0x9E3779B97F4A7C15) % m->users;
    if (m->profiles.offsets[row + 1] > m->profiles.offsets[row]) return m->user_ids[row];
  }
}

uint64_t peer_tweet(const peer_model *peer, uint64_t *seed) {
  return peer->view.tweet_ids[mixed(*seed += 0x9E3779B97F4A7C15) % peer->view.tweets];
}
