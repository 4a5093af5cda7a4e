// The tensors of a model file that scoring reads, for gather.c: a safetensors header read no further than needed.

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { huge_page = 2 << 20 };

typedef struct {
  const uint64_t *offsets;
  const uint32_t *terms;
  const float *weights;
} sparse_rows;

// What the server keeps of a tweet side by side, half a cache line.
typedef struct {
  uint64_t id, first_entry;
  uint32_t entry_count;
  float bias, prior, author_prior;  // the server derives priors from PageRank when it loads
} tweet_record;

// A slot of the table of ids: 32 bits of an id's hash, and its row; no_row: empty.
typedef struct {
  uint32_t tag, row;
} id_slot;
#define no_row UINT32_MAX

typedef struct {
  size_t users, tweets, terms, width;
  const float *user_factors, *tweet_factors;
  const tweet_record *records;  // [tweets]
  const id_slot *slots;         // [slot_mask + 1]
  uint64_t slot_mask;
  sparse_rows profiles, vectors;
  const uint64_t *user_ids, *tweet_ids;
} model;

static void fail(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fputs("gather: ", stderr);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  va_end(arguments);
  exit(1);
}

// Anonymous memory in huge pages, as the server holds its tables.
static void *take_pages(size_t bytes) {
  char *memory = mmap(NULL, bytes + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail("no memory for %zu bytes", bytes);
  memory += (huge_page - (uintptr_t)memory % huge_page) % huge_page;
  madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

// MARK: The model file (safetensors: 8 bytes of header length, JSON, data)

typedef struct {
  const char *header, *data;
  size_t data_bytes;
} model_file;

static model_file read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  uint64_t length = 0;
  if (!file || fread(&length, 8, 1, file) != 1 || length > 64 << 20) fail("%s is not a model file", path);
  char *header = calloc(length + 1, 1);
  if (!header || fread(header, 1, length, file) != length) fail("%s ends in its header", path);
  fseek(file, 0, SEEK_END);
  size_t bytes = (size_t)ftell(file) - 8 - length;
  char *data = take_pages(bytes);
  fseek(file, (long)(8 + length), SEEK_SET);
  if (fread(data, 1, bytes, file) != bytes) fail("%s cannot be read to its end", path);
  fclose(file);
  return (model_file){header, data, bytes};
}

// Where a tensor's bytes begin. `shape` receives up to two extents, 1 where the tensor has fewer.
static const void *find_tensor(const model_file *file, const char *name, size_t shape[2]) {
  char key[96];
  snprintf(key, sizeof key, "\"%s\":{", name);
  const char *entry = strstr(file->header, key);
  if (!entry) fail("the model has no tensor %s", name);
  const char *extents = strstr(entry, "\"shape\":["), *offsets = strstr(entry, "\"data_offsets\":[");
  size_t begin, end;
  shape[0] = shape[1] = 1;
  if (!extents || sscanf(extents, "\"shape\":[%zu,%zu", &shape[0], &shape[1]) < 1) fail("no shape: %s", name);
  if (!offsets || sscanf(offsets, "\"data_offsets\":[%zu,%zu]", &begin, &end) != 2) fail("no offsets: %s", name);
  if (begin > end || end > file->data_bytes) fail("%s lies outside of the file", name);
  return file->data + begin;
}

static sparse_rows find_sparse(const model_file *file, const char *name) {
  char part[64];
  size_t shape[2];
  sparse_rows found;
  snprintf(part, sizeof part, "%s.offsets", name);
  found.offsets = find_tensor(file, part, shape);
  snprintf(part, sizeof part, "%s.terms", name);
  found.terms = find_tensor(file, part, shape);
  snprintf(part, sizeof part, "%s.weights", name);
  found.weights = find_tensor(file, part, shape);
  return found;
}

// splitmix64's finaliser, by which both find ids.
static inline uint64_t mixed(uint64_t z) {
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
  return z ^ (z >> 31);
}

// The table of ids as the server has it: at most five eighths full, linear probing.
static const id_slot *index_ids(model *m) {
  size_t capacity = 16;
  while (capacity * 5 < m->tweets * 8) capacity *= 2;
  m->slot_mask = capacity - 1;
  id_slot *slots = take_pages(capacity * sizeof *slots);
  for (size_t place = 0; place < capacity; place++) slots[place] = (id_slot){0, no_row};
  for (size_t row = 0; row < m->tweets; row++) {
    uint64_t hash = mixed(m->tweet_ids[row]), place = hash & m->slot_mask;
    while (slots[place].row != no_row) place = (place + 1) & m->slot_mask;
    slots[place] = (id_slot){(uint32_t)(hash >> 32), (uint32_t)row};
  }
  return slots;
}

static model load(const char *path) {
  model_file file = read_file(path);
  model m;
  size_t shape[2];
  m.user_ids = find_tensor(&file, "users.id", shape);
  m.users = shape[0];
  m.tweet_ids = find_tensor(&file, "tweets.id", shape);
  m.tweets = shape[0];
  find_tensor(&file, "vocabulary.idf", shape);
  m.terms = shape[0];
  m.user_factors = find_tensor(&file, "users.factors", shape);
  m.tweet_factors = find_tensor(&file, "tweets.factors", shape);
  m.width = shape[1];
  if (m.width % 16 != 0) fail("%zu factors; this program takes multiples of 16", m.width);
  const float *bias = find_tensor(&file, "tweets.bias", shape);
  m.profiles = find_sparse(&file, "users.profile");
  m.vectors = find_sparse(&file, "tweets.vector");

  const double *user_ranks = find_tensor(&file, "users.pagerank", shape);
  const double *tweet_ranks = find_tensor(&file, "tweets.pagerank", shape);
  const uint32_t *authors = find_tensor(&file, "tweets.author", shape);
  tweet_record *records = take_pages(m.tweets * sizeof *records);
  for (size_t row = 0; row < m.tweets; row++) {
    uint64_t first = m.vectors.offsets[row];
    records[row] = (tweet_record){
      m.tweet_ids[row], first, (uint32_t)(m.vectors.offsets[row + 1] - first), bias[row], (float)tweet_ranks[row],
      authors[row] == UINT32_MAX ? 0 : (float)user_ranks[authors[row]]};
  }
  m.records = records;
  m.slots = index_ids(&m);
  free((char *)file.header);
  return m;
}
