/*
 * The C client: include/apus.h says what it does.
 *
 * In reading order: names, ids, memory for replies, byte buffers, the client, connecting, moving bytes, encoding
 * calls, decoding replies, waiting for a reply, and the public calls.
 *
 * The wire: a frame is a 4-byte big-endian length and that many bytes of one protobuf message, Call to the server,
 * Reply from it. Bytes from the server are not trusted: lengths are capped, decoding has a memory budget, and columns
 * that should be parallel are checked before they are handed out.
 */
#define _POSIX_C_SOURCE 200809L

#include "apus.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "ranking.pb-c.h"

enum {
  HEADER_BYTES = 4,
  DEFAULT_REPLY_LIMIT = 8 << 20,
  /* A call longer than this is a mistake in the caller; the server's own limit is lower. */
  CALL_LIMIT = 64 << 20,
  /* Replies waiting in the client beyond this many bytes are left in the kernel until some are taken. */
  INPUT_HIGH_WATER = 1 << 20,
  READ_BYTES = 64 << 10,
  MAX_ABANDONED = 64,
  TRACE_PARENT_BYTES = 256,
  TOKEN_LINE_BYTES = 2048
};

static const int64_t NANOS_PER_MILLI = 1000000;

/* ==== names ===================================================================================================== */

const char *apus_strstatus(apus_status status)
{
  static const char *const codes[] = {
    "OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
    "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED",
    "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
  static const char *const own[] = {
    "client: timeout", "client: connection", "client: closed", "client: protocol", "client: memory", "client: usage"};
  int code = (int)status;
  if (code >= 0 && code < (int)(sizeof codes / sizeof *codes)) return codes[code];
  code -= APUS_ERR_TIMEOUT;
  if (code >= 0 && code < (int)(sizeof own / sizeof *own)) return own[code];
  return "unknown status";
}

const char *apus_strreason(apus_reason reason)
{
  static const char *const names[] = {
    "UNSPECIFIED", "PROTOCOL", "FRAME_TOO_LARGE", "SLOW_FRAME", "IDLE", "TOO_MANY_ERRORS", "DRAINING", "MALFORMED",
    "DECODE_BUDGET", "CALL_ID", "QUEUE_FULL", "SLOW_READER", "FEEDBACK_LOG", "OVERLOADED",
    [APUS_REASON_CONNECTION_LIMIT] = "CONNECTION_LIMIT", [APUS_REASON_TOO_MANY_PINGS] = "TOO_MANY_PINGS",
    [APUS_REASON_TOKEN] = "TOKEN", [APUS_REASON_TOO_MANY_CANCELS] = "TOO_MANY_CANCELS",
    [APUS_REASON_MODEL_REFUSED] = "MODEL_REFUSED", [APUS_REASON_RELOADING] = "RELOADING",
    [APUS_REASON_MEMORY] = "MEMORY"};
  int index = (int)reason;
  if (index >= 0 && index < (int)(sizeof names / sizeof *names) && names[index] != NULL) return names[index];
  return "unknown reason";
}

/* ==== ids: XXH64, seed 0 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md) ================================ */

static const uint64_t PRIME_1 = 0x9E3779B185EBCA87u;
static const uint64_t PRIME_2 = 0xC2B2AE3D27D4EB4Fu;
static const uint64_t PRIME_3 = 0x165667B19E3779F9u;
static const uint64_t PRIME_4 = 0x85EBCA77C2B2AE63u;
static const uint64_t PRIME_5 = 0x27D4EB2F165667C5u;

static uint64_t rotate_left(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

static uint64_t little_endian(const uint8_t *bytes, int count)
{
  uint64_t value = 0;
  for (int i = count - 1; i >= 0; i--) value = value << 8 | bytes[i];
  return value;
}

static uint64_t xxh64_round(uint64_t lane, uint64_t input)
{
  return rotate_left(lane + input * PRIME_2, 31) * PRIME_1;
}

static uint64_t xxh64(const uint8_t *bytes, size_t length)
{
  const uint8_t *const end = bytes + length;
  uint64_t hash = PRIME_5;
  if (length >= 32) {
    uint64_t lanes[4] = {PRIME_1 + PRIME_2, PRIME_2, 0, 0 - PRIME_1};
    for (; end - bytes >= 32; bytes += 32)
      for (int i = 0; i < 4; i++) lanes[i] = xxh64_round(lanes[i], little_endian(bytes + 8 * i, 8));
    hash = rotate_left(lanes[0], 1) + rotate_left(lanes[1], 7) + rotate_left(lanes[2], 12) + rotate_left(lanes[3], 18);
    for (int i = 0; i < 4; i++) hash = (hash ^ xxh64_round(0, lanes[i])) * PRIME_1 + PRIME_4;
  }
  hash += length;
  for (; end - bytes >= 8; bytes += 8)
    hash = rotate_left(hash ^ xxh64_round(0, little_endian(bytes, 8)), 27) * PRIME_1 + PRIME_4;
  if (end - bytes >= 4) {
    hash = rotate_left(hash ^ little_endian(bytes, 4) * PRIME_1, 23) * PRIME_2 + PRIME_3;
    bytes += 4;
  }
  for (; bytes < end; bytes++) hash = rotate_left(hash ^ *bytes * PRIME_5, 11) * PRIME_1;
  hash = (hash ^ hash >> 33) * PRIME_2;
  hash = (hash ^ hash >> 29) * PRIME_3;
  return hash ^ hash >> 32;
}

static bool canonical_decimal(const char *key, size_t length, uint64_t *value)
{
  if (length == 0 || length > 20 || (key[0] == '0' && length > 1)) return false;
  uint64_t sum = 0;
  for (size_t i = 0; i < length; i++) {
    if (key[i] < '0' || key[i] > '9') return false;
    uint64_t digit = (uint64_t)(key[i] - '0');
    if (sum > (UINT64_MAX - digit) / 10) return false;
    sum = sum * 10 + digit;
  }
  *value = sum;
  return true;
}

uint64_t apus_id(const char *key, size_t length)
{
  uint64_t value = 0;
  if (key == NULL) key = "", length = 0;
  return canonical_decimal(key, length, &value) ? value : xxh64((const uint8_t *)key, length);
}

/* ==== memory for replies ==========================================================================================
 * A reply is decoded into blocks that are freed together, so that it has one owner. The cap bounds what hostile bytes
 * can make protobuf-c allocate (its decoded form can be 92 times the wire) and, because nothing is given back before
 * the end, also how often it can copy.
 */

typedef struct block {
  struct block *next;
  size_t used, capacity; /* of the bytes that follow this header */
} block;

typedef struct arena {
  block *blocks; /* the newest, which has the room, first */
  size_t total, limit;
  bool exhausted; /* the limit was hit, not the machine's memory */
} arena;

static const size_t ALIGNMENT = 16;

static size_t block_header_bytes(void) { return (sizeof(block) + ALIGNMENT - 1) & ~(ALIGNMENT - 1); }

static void *arena_allocate(void *context, size_t size)
{
  arena *const memory = context;
  const size_t rounded = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
  if (rounded < size || rounded > memory->limit - memory->total) {
    memory->exhausted = true;
    return NULL;
  }
  block *room = memory->blocks;
  if (room == NULL || room->capacity - room->used < rounded) {
    size_t capacity = room == NULL ? 4096 : 2 * room->capacity;
    if (capacity > (1u << 20)) capacity = 1u << 20;
    if (capacity < rounded) capacity = rounded;
    if (capacity > SIZE_MAX - block_header_bytes()) return NULL;
    room = malloc(block_header_bytes() + capacity);
    if (room == NULL) return NULL;
    *room = (block){memory->blocks, 0, capacity};
    memory->blocks = room;
  }
  void *const bytes = (uint8_t *)room + block_header_bytes() + room->used;
  room->used += rounded;
  memory->total += rounded;
  return bytes;
}

static void arena_keep(void *context, void *bytes) { (void)context, (void)bytes; }

/* Room for `count` elements, or NULL. */
static void *arena_array(arena *memory, size_t count, size_t element_bytes)
{
  if (element_bytes != 0 && count > SIZE_MAX / element_bytes) return NULL;
  return arena_allocate(memory, count * element_bytes);
}

static void free_blocks(block *blocks)
{
  while (blocks != NULL) {
    block *const next = blocks->next;
    free(blocks);
    blocks = next;
  }
}

static void reply_clear(apus_reply *reply)
{
  memset(reply, 0, sizeof *reply);
  reply->message = "";
}

void apus_reply_free(apus_reply *reply)
{
  if (reply == NULL) return;
  free_blocks(reply->memory);
  reply_clear(reply);
}

/* ==== byte buffers ================================================================================================ */

/* bytes[start ..< end] are held; what is before was taken, what is after is room. */
typedef struct buffer {
  uint8_t *bytes;
  size_t start, end, capacity;
} buffer;

static size_t buffer_count(const buffer *b) { return b->end - b->start; }

static bool buffer_reserve(buffer *b, size_t room)
{
  if (b->start == b->end) b->start = b->end = 0;
  if (b->capacity - b->end >= room) return true;
  const size_t count = buffer_count(b);
  if (room > SIZE_MAX / 4 - count) return false;
  if (b->start > 0) memmove(b->bytes, b->bytes + b->start, count);
  b->start = 0, b->end = count;
  if (b->capacity - count >= room) return true;
  size_t capacity = 2 * b->capacity;
  if (capacity < count + room) capacity = count + room;
  uint8_t *const grown = realloc(b->bytes, capacity);
  if (grown == NULL) return false;
  b->bytes = grown, b->capacity = capacity;
  return true;
}

/* ==== the client ================================================================================================== */

/* A call that may still be answered. */
typedef struct waiting {
  uint64_t id;
  Apus__V1__Reply__ResultCase result; /* what an OK must bring */
  bool abandoned;                     /* its caller gave up: drop the reply */
} waiting;

struct apus_client {
  int fd; /* -1: closed, for the reason in `end` */
  uint64_t next_id;
  buffer output, input;
  waiting *calls; /* oldest first */
  size_t call_count, call_capacity, abandoned_count;
  uint32_t reply_limit;
  apus_criticality criticality;
  uint8_t trace_parent[TRACE_PARENT_BYTES];
  size_t trace_parent_length;
  apus_tap tap; /* NULL: nobody looks */
  void *tap_context;
  bool going_away; /* the server said goodbye, for the reason in `end`; calls that it took up may be answered yet */
  apus_reason away_reason;
  apus_error end;
};

static int64_t now_nanos(void)
{
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

static int64_t deadline_after(uint32_t millis) { return now_nanos() + (int64_t)millis * NANOS_PER_MILLI; }

static void error_set(apus_error *error, apus_status status, const char *format, va_list arguments)
{
  error->status = status;
  vsnprintf(error->message, sizeof error->message, format, arguments);
}

/* Notes what happened and returns the status, for `return error_be(...)`. */
static apus_status error_be(apus_error *error, apus_status status, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  error_set(error, status, format, arguments);
  va_end(arguments);
  return status;
}

static void close_socket(apus_client *client)
{
  if (client->fd >= 0) close(client->fd);
  client->fd = -1;
}

/* Ends the connection and notes why. */
static apus_status client_shut(apus_client *client, apus_status status, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  error_set(&client->end, status, format, arguments);
  va_end(arguments);
  close_socket(client);
  return status;
}

/* Fills a reply that the client itself makes up. */
static apus_status reply_fail(apus_reply *reply, apus_status status, bool executed, const char *format, ...)
{
  enum { MESSAGE_BYTES = 512 };
  arena memory = {NULL, 0, MESSAGE_BYTES, false};
  char *const message = arena_allocate(&memory, MESSAGE_BYTES);
  reply_clear(reply);
  reply->status = status;
  reply->executed = executed;
  reply->memory = memory.blocks;
  if (message == NULL) {
    reply->message = "out of memory";
    return status;
  }
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, MESSAGE_BYTES, format, arguments);
  va_end(arguments);
  reply->message = message;
  return status;
}

bool apus_is_open(const apus_client *client) { return client->fd >= 0 && !client->going_away; }

int apus_fd(const apus_client *client) { return client->fd; }

bool apus_wants_write(const apus_client *client) { return client->fd >= 0 && buffer_count(&client->output) > 0; }

size_t apus_calls_in_flight(const apus_client *client)
{
  return client->fd < 0 ? 0 : client->call_count - client->abandoned_count;
}

void apus_set_criticality(apus_client *client, apus_criticality criticality) { client->criticality = criticality; }

void apus_set_reply_limit(apus_client *client, uint32_t bytes) { client->reply_limit = bytes; }

void apus_set_tap(apus_client *client, apus_tap tap, void *context)
{
  client->tap = tap;
  client->tap_context = context;
}

apus_status apus_set_trace_parent(apus_client *client, const char *value, size_t length)
{
  if (length > TRACE_PARENT_BYTES || (value == NULL && length > 0)) return APUS_ERR_USAGE;
  if (length > 0) memcpy(client->trace_parent, value, length);
  client->trace_parent_length = length;
  return APUS_OK;
}

void apus_close(apus_client *client)
{
  if (client == NULL) return;
  close_socket(client);
  free(client->output.bytes);
  free(client->input.bytes);
  free(client->calls);
  free(client);
}

/* ==== connecting ================================================================================================== */

/* Splits "host:port" or "[host]:port"; false unless both are there and the port is 1 to 65535. */
static bool split_address(const char *address, char host[256], char port[6])
{
  const char *const colon = strrchr(address, ':');
  if (colon == NULL) return false;
  size_t length = (size_t)(colon - address);
  if (length >= 2 && address[0] == '[' && address[length - 1] == ']') {
    address++, length -= 2;
  } else if (memchr(address, ':', length) != NULL) {
    return false; /* an IPv6 address without brackets: where would its port begin? */
  }
  uint64_t number = 0;
  if (length == 0 || length > 255 || !canonical_decimal(colon + 1, strlen(colon + 1), &number)) return false;
  if (number < 1 || number > 65535) return false;
  memcpy(host, address, length);
  host[length] = 0;
  snprintf(port, 6, "%u", (unsigned)number);
  return true;
}

/* Waits until poll's `events` or an error come. Returns the events, 0 when the deadline has passed. */
static short wait_for(int fd, short events, int64_t deadline)
{
  for (;;) {
    int64_t left = deadline - now_nanos();
    if (left < 0) left = 0;
    int64_t millis = (left + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI;
    struct pollfd one = {fd, events, 0};
    int ready = poll(&one, 1, millis > INT_MAX ? INT_MAX : (int)millis);
    if (ready > 0) return one.revents;
    if (ready < 0 && errno != EINTR) return POLLERR;
    if (left == 0) return 0;
  }
}

/* One attempt at one address: the connected socket, or -1 and errno. */
static int connect_to(const struct sockaddr *address, socklen_t address_length, int64_t deadline)
{
  int fd = socket(address->sa_family, SOCK_STREAM, 0);
  if (fd < 0) return -1;
  const int on = 1;
  int failure = 0;
  if (fcntl(fd, F_SETFD, FD_CLOEXEC) < 0 || fcntl(fd, F_SETFL, O_NONBLOCK) < 0
      || (address->sa_family != AF_UNIX && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)) {
    failure = errno;
  } else if (connect(fd, address, address_length) < 0) {
    failure = errno;
    if (failure == EINPROGRESS || failure == EINTR) {
      socklen_t length = sizeof failure;
      if (wait_for(fd, POLLOUT, deadline) == 0) {
        failure = ETIMEDOUT;
      } else if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &length) < 0) {
        failure = errno;
      }
    }
  }
  if (failure == 0) return fd;
  close(fd);
  errno = failure;
  return -1;
}

static const char UNIX_PREFIX[] = "unix:";

/* What became of attempts to connect, in words. */
static apus_status opened(int fd, int failure, const char *address, uint32_t timeout_ms, apus_error *error)
{
  if (fd >= 0) return APUS_OK;
  if (failure == ETIMEDOUT)
    return error_be(error, APUS_ERR_TIMEOUT, "no connection to %.120s within %u ms", address, (unsigned)timeout_ms);
  return error_be(error, APUS_ERR_CONNECTION, "cannot connect to %.120s: %s", address, strerror(failure));
}

/* Connects to a Unix socket. Where the server's backlog is full the kernel says so at once; then it is tried again. */
static int connect_to_path(const char *path, int64_t deadline)
{
  struct sockaddr_un target;
  memset(&target, 0, sizeof target);
  target.sun_family = AF_UNIX;
  memcpy(target.sun_path, path, strlen(path));
  for (;;) {
    const int fd = connect_to((const struct sockaddr *)&target, sizeof target, deadline);
    if (fd >= 0 || errno != EAGAIN) return fd;
    if (now_nanos() >= deadline) {
      errno = ETIMEDOUT;
      return -1;
    }
    const struct timespec pause = {0, NANOS_PER_MILLI};
    nanosleep(&pause, NULL);
  }
}

static apus_status open_socket(const char *address, uint32_t timeout_ms, int *fd, apus_error *error)
{
  char host[256], port[6];
  const int64_t deadline = deadline_after(timeout_ms);
  const size_t prefix = sizeof UNIX_PREFIX - 1;
  int failure = 0;
  *fd = -1;
  if (address != NULL && strncmp(address, UNIX_PREFIX, prefix) == 0) {
    const size_t length = strlen(address) - prefix;
    const size_t room = sizeof ((struct sockaddr_un *)NULL)->sun_path - 1;
    if (length < 1 || length > room)
      return error_be(error, APUS_ERR_USAGE, "\"%.180s\": the path of a Unix socket has 1 to %zu bytes", address, room);
    *fd = connect_to_path(address + prefix, deadline);
    failure = errno;
    return opened(*fd, failure, address, timeout_ms, error);
  }
  if (address == NULL || !split_address(address, host, port))
    return error_be(error, APUS_ERR_USAGE, "\"%.180s\" is not host:port", address == NULL ? "" : address);
  struct addrinfo hints, *targets = NULL;
  memset(&hints, 0, sizeof hints);
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  const int lookup = getaddrinfo(host, port, &hints, &targets);
  if (lookup != 0)
    return error_be(error, APUS_ERR_CONNECTION, "cannot look up \"%.120s\": %s", host, gai_strerror(lookup));
  for (const struct addrinfo *target = targets; target != NULL && *fd < 0; target = target->ai_next) {
    *fd = connect_to(target->ai_addr, target->ai_addrlen, deadline);
    if (*fd < 0) failure = errno;
  }
  freeaddrinfo(targets);
  return opened(*fd, failure, address, timeout_ms, error);
}

apus_status apus_connect(const char *address, uint32_t timeout_ms, apus_client **client, apus_error *error)
{
  apus_error unasked;
  if (error == NULL) error = &unasked;
  error_be(error, APUS_OK, "%s", "");
  *client = NULL;
  int fd = -1;
  const apus_status status = open_socket(address, timeout_ms, &fd, error);
  if (status != APUS_OK) return status;
  apus_client *const made = calloc(1, sizeof *made);
  if (made == NULL) {
    close(fd);
    return error_be(error, APUS_ERR_MEMORY, "out of memory");
  }
  made->fd = fd;
  made->next_id = 1;
  made->reply_limit = DEFAULT_REPLY_LIMIT;
  *client = made;
  return APUS_OK;
}

/* ==== moving bytes ================================================================================================ */

/* The peer's end of the connection, in words; a goodbye that came before explains it better. */
static apus_status shut_by_peer(apus_client *client, int failure)
{
  if (client->going_away) {
    close_socket(client);
    return APUS_UNAVAILABLE;
  }
  if (failure != 0) return client_shut(client, APUS_ERR_CONNECTION, "the connection broke: %s", strerror(failure));
  const size_t left = buffer_count(&client->input);
  if (left > 0)
    return client_shut(client, APUS_ERR_CONNECTION, "the server closed the connection %zu bytes into a reply", left);
  return client_shut(client, APUS_ERR_CONNECTION, "the server closed the connection");
}

/* Writes what the kernel takes now. */
static apus_status write_some(apus_client *client)
{
  buffer *const output = &client->output;
  while (buffer_count(output) > 0) {
    ssize_t sent = send(client->fd, output->bytes + output->start, buffer_count(output), MSG_NOSIGNAL);
    if (sent >= 0) {
      output->start += (size_t)sent;
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      return APUS_OK;
    } else if (errno != EINTR) {
      /* The server may have said why before it closed: its goodbye is still to be read. */
      const int failure = errno;
      if (failure == EPIPE || failure == ECONNRESET) {
        output->start = output->end;
        return APUS_OK;
      }
      return shut_by_peer(client, failure);
    }
  }
  return APUS_OK;
}

/* Reads what is there, one system call's worth. */
static apus_status read_some(apus_client *client)
{
  buffer *const input = &client->input;
  if (!buffer_reserve(input, READ_BYTES)) return client_shut(client, APUS_ERR_MEMORY, "out of memory");
  for (;;) {
    ssize_t count = recv(client->fd, input->bytes + input->end, input->capacity - input->end, 0);
    if (count > 0) {
      input->end += (size_t)count;
      return APUS_OK;
    }
    if (count == 0) return shut_by_peer(client, 0);
    if (errno == EAGAIN || errno == EWOULDBLOCK) return APUS_OK;
    if (errno != EINTR) return shut_by_peer(client, errno);
  }
}

/* Writes and reads once, as soon as one of them is possible; APUS_ERR_TIMEOUT where none was until the deadline. */
static apus_status step(apus_client *client, bool reads, int64_t deadline)
{
  const short events = (short)((reads ? POLLIN : 0) | (buffer_count(&client->output) > 0 ? POLLOUT : 0));
  const short ready = wait_for(client->fd, events, deadline);
  if (ready == 0) return APUS_ERR_TIMEOUT;
  if (ready & POLLOUT) {
    apus_status status = write_some(client);
    if (status != APUS_OK) return status;
  }
  if (reads && (ready & (POLLIN | POLLHUP | POLLERR))) return read_some(client);
  if (!reads && (ready & (POLLHUP | POLLERR))) return shut_by_peer(client, 0);
  return APUS_OK;
}

/*
 * The next whole frame in the input buffer. APUS_OK with *payload NULL: not all of it is there yet. The length is
 * checked before any room is made for it, and room grows with what arrives, not with what is announced.
 */
static apus_status next_frame(apus_client *client, const uint8_t **payload, size_t *length)
{
  buffer *const input = &client->input;
  const uint8_t *const bytes = input->bytes + input->start;
  *payload = NULL;
  if (buffer_count(input) < HEADER_BYTES) return APUS_OK;
  const uint32_t count =
    (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | (uint32_t)bytes[3];
  if (count > client->reply_limit)
    return client_shut(client, APUS_ERR_PROTOCOL, "a reply of %lu bytes is over the limit of %lu",
                       (unsigned long)count, (unsigned long)client->reply_limit);
  if (buffer_count(input) - HEADER_BYTES < count) return APUS_OK;
  *payload = bytes + HEADER_BYTES;
  *length = count;
  input->start += HEADER_BYTES + (size_t)count;
  return APUS_OK;
}

/* ==== encoding calls ============================================================================================== */

/* Queues one call as a frame. Its id is filled in here; all else stands already. */
static apus_status enqueue_message(apus_client *client, Apus__V1__Call *message, apus_error *error)
{
  message->id = client->next_id;
  const size_t size = apus__v1__call__get_packed_size(message);
  if (size > CALL_LIMIT)
    return error_be(error, APUS_ERR_USAGE, "a call of %zu bytes is over the limit of %d", size, (int)CALL_LIMIT);
  if (client->call_count == client->call_capacity) {
    const size_t capacity = client->call_capacity == 0 ? 16 : 2 * client->call_capacity;
    waiting *const grown = realloc(client->calls, capacity * sizeof *grown);
    if (grown == NULL) return error_be(error, APUS_ERR_MEMORY, "out of memory");
    client->calls = grown, client->call_capacity = capacity;
  }
  buffer *const output = &client->output;
  if (!buffer_reserve(output, HEADER_BYTES + size)) return error_be(error, APUS_ERR_MEMORY, "out of memory");
  uint8_t *const frame = output->bytes + output->end;
  for (int i = 0; i < HEADER_BYTES; i++) frame[i] = (uint8_t)(size >> (24 - 8 * i));
  apus__v1__call__pack(message, frame + HEADER_BYTES);
  output->end += HEADER_BYTES + size;
  /* A call and its result have the same field number. */
  client->calls[client->call_count++] =
    (waiting){message->id, (Apus__V1__Reply__ResultCase)message->method_case, false};
  client->next_id++;
  if (client->tap != NULL) client->tap(client->tap_context, frame + HEADER_BYTES, size);
  return APUS_OK;
}

/* Queues one call of this client's own. Its id and envelope are filled in here; message->method_case is what is asked. */
static apus_status enqueue(apus_client *client, Apus__V1__Call *message, uint32_t budget_ms, apus_error *error)
{
  message->budget_case = APUS__V1__CALL__BUDGET_BUDGET_MS;
  message->budget_ms = budget_ms;
  message->criticality = (Apus__V1__Criticality)client->criticality;
  message->trace_parent.data = client->trace_parent;
  message->trace_parent.len = client->trace_parent_length;
  return enqueue_message(client, message, error);
}

static ProtobufCBinaryData binary(const char *bytes, size_t length)
{
  ProtobufCBinaryData data = {length, (uint8_t *)bytes};
  return data;
}

static bool column_is_missing(const void *column, size_t count) { return column == NULL && count > 0; }

/* Fills the wire's request from the caller's; `memory` holds what has to be rearranged. NULL, or what is wrong. */
static const char *fill_rank(Apus__V1__RankRequest *wire, const apus_rank_request *request, arena *memory)
{
  apus__v1__rank_request__init(wire);
  if (column_is_missing(request->tweet_ids, request->tweet_count)) return "tweet_ids is NULL";
  if (column_is_missing(request->new_tweets, request->new_tweet_count)) return "new_tweets is NULL";
  wire->user_id = request->user_id;
  wire->n_tweet_ids = request->tweet_count;
  wire->tweet_ids = (uint64_t *)request->tweet_ids;
  wire->n_author_ids = request->author_ids == NULL ? 0 : request->tweet_count;
  wire->author_ids = (uint64_t *)request->author_ids;
  wire->n_caller_scores = request->caller_scores == NULL ? 0 : request->tweet_count;
  wire->caller_scores = (float *)request->caller_scores;
  wire->limit = request->limit;
  wire->explain = request->explain;
  wire->include_text = request->include_text;
  if (request->new_tweet_count == 0) return NULL;
  Apus__V1__NewTweet *const tweets = arena_array(memory, request->new_tweet_count, sizeof *tweets);
  Apus__V1__NewTweet **const pointers = arena_array(memory, request->new_tweet_count, sizeof *pointers);
  if (tweets == NULL || pointers == NULL) return "out of memory";
  for (size_t i = 0; i < request->new_tweet_count; i++) {
    const apus_new_tweet *const tweet = &request->new_tweets[i];
    if (column_is_missing(tweet->text, tweet->text_length)) return "a new tweet's text is NULL";
    apus__v1__new_tweet__init(&tweets[i]);
    tweets[i].tweet_id = tweet->tweet_id;
    tweets[i].text = binary(tweet->text, tweet->text_length);
    tweets[i].author_id = tweet->author_id;
    tweets[i].caller_score = tweet->caller_score;
    pointers[i] = &tweets[i];
  }
  wire->n_new_tweets = request->new_tweet_count;
  wire->new_tweets = pointers;
  return NULL;
}

/* Turns rows into columns. Optional columns are left out where every row has 0. NULL, or what is wrong. */
static const char *fill_events(
  Apus__V1__RecordEventsRequest *wire, const apus_event *events, size_t count, arena *memory)
{
  apus__v1__record_events_request__init(wire);
  if (column_is_missing(events, count)) return "events is NULL";
  if (count == 0) return NULL;
  wire->user_ids = arena_array(memory, count, sizeof *wire->user_ids);
  wire->tweet_ids = arena_array(memory, count, sizeof *wire->tweet_ids);
  wire->types = arena_array(memory, count, sizeof *wire->types);
  wire->timestamps = arena_array(memory, count, sizeof *wire->timestamps);
  wire->request_ids = arena_array(memory, count, sizeof *wire->request_ids);
  if (wire->user_ids == NULL || wire->tweet_ids == NULL || wire->types == NULL || wire->timestamps == NULL
      || wire->request_ids == NULL)
    return "out of memory";
  wire->n_user_ids = wire->n_tweet_ids = wire->n_types = count;
  for (size_t i = 0; i < count; i++) {
    wire->user_ids[i] = events[i].user_id;
    wire->tweet_ids[i] = events[i].tweet_id;
    wire->types[i] = (Apus__V1__EventType)events[i].type;
    wire->timestamps[i] = events[i].timestamp;
    wire->request_ids[i] = events[i].request_id;
    if (events[i].timestamp != 0) wire->n_timestamps = count;
    if (events[i].request_id != 0) wire->n_request_ids = count;
  }
  return NULL;
}

/* Turns rows into columns. NULL, or what is wrong. */
static const char *fill_rewards_request(
  Apus__V1__SetRewardsRequest *wire, const apus_reward *rewards, size_t count, arena *memory)
{
  apus__v1__set_rewards_request__init(wire);
  if (column_is_missing(rewards, count)) return "rewards is NULL";
  if (count == 0) return NULL;
  wire->types = arena_array(memory, count, sizeof *wire->types);
  wire->weights = arena_array(memory, count, sizeof *wire->weights);
  if (wire->types == NULL || wire->weights == NULL) return "out of memory";
  wire->n_types = wire->n_weights = count;
  for (size_t i = 0; i < count; i++) {
    wire->types[i] = (Apus__V1__EventType)rewards[i].type;
    wire->weights[i] = rewards[i].weight;
  }
  return NULL;
}

/* ==== decoding replies ============================================================================================ */

/* The fill functions return NULL, or what is wrong with the server's answer. */
static const char NO_MEMORY[] = "out of memory";

/* The columns of a reply are as long as the column of its tweets; an optional one may be absent. */
static bool is_optional_column(size_t count, size_t rows) { return count == 0 || count == rows; }

static const char *fill_texts(
  const apus_text **texts, const ProtobufCBinaryData *wire, size_t count, size_t rows, const char *name, arena *memory)
{
  if (!is_optional_column(count, rows)) return name;
  if (count == 0) return NULL;
  apus_text *const column = arena_array(memory, count, sizeof *column);
  if (column == NULL) return NO_MEMORY;
  for (size_t i = 0; i < count; i++)
    column[i] = (apus_text){wire[i].len == 0 ? "" : (const char *)wire[i].data, wire[i].len};
  *texts = column;
  return NULL;
}

static const char *fill_explanation(apus_ranking *ranking, const Apus__V1__Explanation *wire)
{
  if (wire == NULL) return NULL;
  if (wire->n_signals > 0 && ranking->count > SIZE_MAX / wire->n_signals) return "contributions";
  const size_t cells = ranking->count * wire->n_signals;
  if (wire->n_contributions != cells) return "contributions";
  if (!is_optional_column(wire->n_values, cells)) return "values";
  ranking->signal_count = wire->n_signals;
  ranking->signals = (const char *const *)wire->signals;
  ranking->contributions = wire->contributions;
  ranking->signal_values = wire->n_values == 0 ? NULL : wire->values;
  return NULL;
}

static const char *fill_ranking(apus_reply *reply, const Apus__V1__RankResponse *wire, arena *memory)
{
  apus_ranking *const ranking = arena_array(memory, 1, sizeof *ranking);
  if (ranking == NULL) return NO_MEMORY;
  memset(ranking, 0, sizeof *ranking);
  const size_t rows = wire->n_tweet_ids;
  if (wire->n_scores != rows) return "scores";
  if (!is_optional_column(wire->n_propensities, rows)) return "propensities";
  if (!is_optional_column(wire->n_familiarity, rows)) return "familiarity";
  ranking->request_id = wire->request_id;
  ranking->count = rows;
  ranking->tweet_ids = wire->tweet_ids;
  ranking->scores = wire->scores;
  ranking->propensities = wire->n_propensities == 0 ? NULL : wire->propensities;
  /* protobuf-c forces its enums to the size of int. */
  ranking->familiarity = wire->n_familiarity == 0 ? NULL : (const int32_t *)wire->familiarity;
  ranking->user_known = wire->user_known;
  ranking->explored_position = wire->explored_position;
  ranking->duplicates_removed = wire->duplicates_removed;
  ranking->values_replaced = wire->values_replaced;
  if (wire->degradation != NULL) {
    ranking->degradation_level = wire->degradation->level;
    ranking->skipped_signal_count = wire->degradation->n_skipped_signals;
    ranking->skipped_signals = (const char *const *)wire->degradation->skipped_signals;
  }
  ranking->model_version = wire->model_version;
  ranking->policy_version = wire->policy_version;
  const char *wrong = fill_explanation(ranking, wire->explanation);
  if (wrong == NULL) wrong = fill_texts(&ranking->texts, wire->texts, wire->n_texts, rows, "texts", memory);
  reply->ranking = ranking;
  return wrong;
}

/* What the three lists of tweets have in common; the values are widened to double. */
typedef struct tweet_list {
  size_t count, value_count, text_count, name_count;
  const uint64_t *tweet_ids;
  const float *floats; /* or */
  const double *doubles;
  const ProtobufCBinaryData *texts, *names;
  const char *source, *model_version;
} tweet_list;

static const char *fill_tweets(
  apus_reply *reply, tweet_list list, const apus_recommendation *recommendation, arena *memory)
{
  apus_tweets *const tweets = arena_array(memory, 1, sizeof *tweets);
  if (tweets == NULL) return NO_MEMORY;
  if (list.value_count != list.count) return "values";
  *tweets =
    (apus_tweets){list.count, list.tweet_ids, list.doubles, NULL, NULL, list.source, list.model_version,
                  recommendation};
  if (list.doubles == NULL) {
    double *const values = arena_array(memory, list.count, sizeof *values);
    if (values == NULL) return NO_MEMORY;
    for (size_t i = 0; i < list.count; i++) values[i] = list.floats[i];
    tweets->values = values;
  }
  reply->tweets = tweets;
  const char *const wrong = fill_texts(&tweets->texts, list.texts, list.text_count, list.count, "texts", memory);
  if (wrong != NULL) return wrong;
  return fill_texts(&tweets->names, list.names, list.name_count, list.count, "names", memory);
}

static const char *fill_recommended(apus_reply *reply, const Apus__V1__RecommendResponse *wire, arena *memory)
{
  const tweet_list list = {wire->n_tweet_ids, wire->n_scores, wire->n_texts, wire->n_names, wire->tweet_ids,
                           wire->scores, NULL, wire->texts, wire->names, wire->source, wire->model_version};
  apus_recommendation *const it = arena_array(memory, 1, sizeof *it);
  if (it == NULL) return NO_MEMORY;
  if (!is_optional_column(wire->n_propensities, wire->n_tweet_ids)) return "propensities";
  *it = (apus_recommendation){wire->request_id, wire->n_propensities == 0 ? NULL : wire->propensities,
                              (int32_t)wire->compute_reason, wire->user_known, wire->candidates,
                              wire->explored_position, 0, wire->made_at, wire->policy_version};
  if (wire->degradation != NULL) it->degradation_level = wire->degradation->level;
  return fill_tweets(reply, list, it, memory);
}

static const char *fill_recorded(apus_reply *reply, const Apus__V1__RecordEventsResponse *wire, arena *memory)
{
  apus_recorded *const recorded = arena_array(memory, 1, sizeof *recorded);
  if (recorded == NULL) return NO_MEMORY;
  *recorded = (apus_recorded){wire->recorded, wire->last_sequence, wire->duplicates, wire->unmatched};
  reply->recorded = recorded;
  return NULL;
}

static const char *fill_rewards(apus_reply *reply, const Apus__V1__SetRewardsResponse *wire, arena *memory)
{
  if (wire->n_weights != wire->n_types) return "weights";
  apus_rewards *const it = arena_array(memory, 1, sizeof *it);
  apus_reward *const rows = arena_array(memory, wire->n_types, sizeof *rows);
  if (it == NULL || rows == NULL) return NO_MEMORY;
  for (size_t i = 0; i < wire->n_types; i++)
    rows[i] = (apus_reward){(apus_event_type)wire->types[i], wire->weights[i]};
  *it = (apus_rewards){wire->n_types, rows, wire->set_at};
  reply->rewards = it;
  return NULL;
}

uint64_t apus_bucket_nanos(uint32_t bucket)
{
  if (bucket < 32) return (uint64_t)bucket << 4;
  const uint32_t octave = bucket / 32;
  return octave > 32 ? UINT64_MAX : (uint64_t)(32 + bucket % 32) << (octave + 3);
}

static const char *fill_phases(apus_description *it, const Apus__V1__DescribeResponse *wire, arena *memory)
{
  apus_phase *const phases = arena_array(memory, wire->n_phases, sizeof *phases);
  if (phases == NULL) return NO_MEMORY;
  for (size_t i = 0; i < wire->n_phases; i++) {
    const Apus__V1__PhaseHistogram *const from = wire->phases[i];
    if (from->n_counts != from->n_buckets) return "counts";
    phases[i] = (apus_phase){from->name, 0, from->sum_nanos, from->max_nanos, from->n_buckets, from->buckets, from->counts};
    for (size_t b = 0; b < from->n_buckets; b++) phases[i].count += from->counts[b];
  }
  it->phase_count = wire->n_phases;
  it->phases = phases;
  return NULL;
}

static const char *fill_measurements(apus_description *it, const Apus__V1__DescribeResponse *wire, arena *memory)
{
  it->calls_in_flight = wire->calls_in_flight;
  it->resident_bytes = wire->resident_bytes;
  it->memory_limit_bytes = wire->memory_limit_bytes;
  it->memory_pressure = wire->memory_pressure;
  it->loop_stalls = wire->loop_stalls;
  it->log_lines_dropped = wire->log_lines_dropped;
  it->last_run = wire->last_run;
  it->uptime_ms = wire->uptime_ms;
  return fill_phases(it, wire, memory);
}

static const char *fill_reloaded(apus_reply *reply, const Apus__V1__ReloadModelResponse *wire, arena *memory)
{
  apus_reloaded *const it = arena_array(memory, 1, sizeof *it);
  if (it == NULL) return NO_MEMORY;
  *it = (apus_reloaded){wire->model_version, wire->previous_version};
  reply->reloaded = it;
  return NULL;
}

static const char *fill_description(apus_reply *reply, const Apus__V1__DescribeResponse *wire, arena *memory)
{
  apus_description *const it = arena_array(memory, 1, sizeof *it);
  if (it == NULL) return NO_MEMORY;
  memset(it, 0, sizeof *it);
  if (wire->n_weights != wire->n_signals) return "weights";
  it->server_version = wire->server_version;
  it->model_version = wire->model_version;
  it->recipe = wire->recipe;
  it->model_as_of = wire->model_as_of;
  it->users = wire->users;
  it->tweets = wire->tweets;
  it->terms = wire->terms;
  it->factors = wire->factors;
  it->signal_count = wire->n_signals;
  it->signals = (const char *const *)wire->signals;
  it->weights = wire->weights;
  it->policy_version = wire->policy_version;
  it->epsilon = wire->epsilon;
  it->events_recorded = wire->events_recorded;
  it->uptime_seconds = wire->uptime_seconds;
  it->workers = wire->workers;
  it->connections_accepted = wire->connections_accepted;
  it->calls_answered = wire->calls_answered;
  it->calls_refused = wire->calls_refused;
  it->online_updates = wire->online_updates;
  it->online_unmatched = wire->online_unmatched;
  const Apus__V1__SharedLog *const shared = wire->shared_log;
  if (shared != NULL)
    it->shared_log = (apus_shared_log){shared->place,   shared->connected, shared->shipped_sequence,
                                       shared->lag,     shared->followed,  shared->skipped,
                                       shared->reshipped, shared->missing, shared->last_error};
  it->feedback_arms = wire->feedback_arms;
  it->feedback_tweets = wire->feedback_tweets;
  it->feedback_users = wire->feedback_users;
  it->rankings_remembered = wire->rankings_remembered;
  it->feedback_duplicates = wire->feedback_duplicates;
  it->feedback_unmatched = wire->feedback_unmatched;
  it->snapshot_at = wire->snapshot_at;
  it->connections_open = wire->connections_open;
  it->connections_refused = wire->connections_refused;
  it->token_failures = wire->token_failures;
  it->calls_cancelled = wire->calls_cancelled;
  it->memory_ceiling = wire->memory_ceiling;
  const Apus__V1__Limits *const limits = wire->limits;
  if (limits != NULL)
    it->limits = (apus_limits){limits->frame_bytes,    limits->candidates_per_call,
                               limits->text_bytes,     limits->calls_in_flight,
                               limits->default_budget_ms, limits->connections,
                               limits->connections_per_address, limits->first_frame_ms,
                               limits->whole_frame_ms, limits->idle_ms,
                               limits->write_stall_ms, limits->unauthenticated_frame_bytes,
                               limits->ping_ms};
  const Apus__V1__Reloads *const reloads = wire->reloads;
  it->reloads = (apus_reloads){.last_error = "", .previous_model = ""};
  if (reloads != NULL)
    it->reloads = (apus_reloads){reloads->model_loaded_at, reloads->done,        reloads->refused,
                                 reloads->last_error,      reloads->in_progress, reloads->previous_model};
  it->draining = wire->draining;
  const Apus__V1__Queue *const queue = wire->queue;
  if (queue != NULL)
    it->queue = (apus_queue){queue->calls,         queue->work_nanos,   queue->degradation_level, queue->expired,
                             queue->cancelled,     queue->shed_critical, queue->shed_default,     queue->shed_sheddable,
                             queue->degraded,      queue->yields};
  const char *const wrong = fill_measurements(it, wire, memory);
  if (wrong != NULL) return wrong;
  reply->description = it;
  return NULL;
}

static const char *fill_result(apus_reply *reply, const Apus__V1__Reply *wire, arena *memory)
{
  switch (wire->result_case) {
  case APUS__V1__REPLY__RESULT_RANK: return fill_ranking(reply, wire->rank, memory);
  case APUS__V1__REPLY__RESULT_RECOMMEND: return fill_recommended(reply, wire->recommend, memory);
  case APUS__V1__REPLY__RESULT_SIMILAR_TWEETS: {
    const Apus__V1__SimilarTweetsResponse *r = wire->similar_tweets;
    return fill_tweets(reply, (tweet_list){r->n_tweet_ids, r->n_similarities, r->n_texts, r->n_names, r->tweet_ids,
                                           r->similarities, NULL, r->texts, r->names, "", r->model_version}, NULL, memory);
  }
  case APUS__V1__REPLY__RESULT_TOP_TWEETS: {
    const Apus__V1__TopTweetsResponse *r = wire->top_tweets;
    return fill_tweets(reply, (tweet_list){r->n_tweet_ids, r->n_values, r->n_texts, r->n_names, r->tweet_ids, NULL,
                                           r->values, r->texts, r->names, "", r->model_version}, NULL, memory);
  }
  case APUS__V1__REPLY__RESULT_RECORD_EVENTS: return fill_recorded(reply, wire->record_events, memory);
  case APUS__V1__REPLY__RESULT_SET_REWARDS: return fill_rewards(reply, wire->set_rewards, memory);
  case APUS__V1__REPLY__RESULT_RELOAD_MODEL: return fill_reloaded(reply, wire->reload_model, memory);
  case APUS__V1__REPLY__RESULT_DESCRIBE: return fill_description(reply, wire->describe, memory);
  case APUS__V1__REPLY__RESULT_PING:
  case APUS__V1__REPLY__RESULT_AUTHENTICATE:
  case APUS__V1__REPLY__RESULT_GO_AWAY:
  case APUS__V1__REPLY__RESULT__NOT_SET:
  default: return NULL;
  }
}

static void fill_status(apus_reply *reply, const Apus__V1__Status *wire)
{
  if (wire == NULL) return; /* an absent status is OK, as every field at its default is */
  const bool known = wire->code >= APUS__V1__CODE__CODE_OK && wire->code <= APUS__V1__CODE__CODE_UNAUTHENTICATED;
  reply->status = known ? (apus_status)wire->code : APUS_UNKNOWN;
  reply->reason = (apus_reason)wire->reason;
  reply->message = wire->message;
  reply->executed = wire->executed;
  reply->retry_after_ms = wire->retry_after_ms;
}

/*
 * Decodes one Reply into memory that becomes the reply's own. *result tells what it carries. On failure the reply is
 * empty and the connection is shut.
 */
static apus_status decode_reply(apus_client *client, const uint8_t *payload, size_t length, apus_reply *reply,
                                Apus__V1__Reply__ResultCase *result)
{
  arena memory = {NULL, 0, ((size_t)1 << 20) + 16 * length, false};
  ProtobufCAllocator allocator = {arena_allocate, arena_keep, &memory};
  reply_clear(reply);
  const Apus__V1__Reply *const wire = apus__v1__reply__unpack(&allocator, length, payload);
  const char *wrong = wire == NULL ? "" : NULL;
  if (wire != NULL) {
    reply->call_id = wire->id;
    reply->server_micros = wire->server_micros;
    reply->queue_micros = wire->queue_micros;
    fill_status(reply, wire->status);
    *result = wire->result_case;
    if (wire->result_case == APUS__V1__REPLY__RESULT_GO_AWAY) reply->last_call_id = wire->go_away->last_call_id;
    if (reply->status == APUS_OK) wrong = fill_result(reply, wire, &memory);
  }
  reply->memory = memory.blocks;
  if (wrong == NULL) return APUS_OK;
  apus_reply_free(reply);
  if (memory.exhausted)
    return client_shut(client, APUS_ERR_PROTOCOL, "decoding a reply of %zu bytes takes more than %zu bytes of memory",
                       length, memory.limit);
  if (wrong == NO_MEMORY) return client_shut(client, APUS_ERR_MEMORY, "out of memory");
  if (wire == NULL)
    return client_shut(client, APUS_ERR_PROTOCOL, "a frame of %zu bytes does not hold a reply", length);
  return client_shut(client, APUS_ERR_PROTOCOL, "a reply's column \"%s\" has the wrong length", wrong);
}

/* ==== waiting for a reply ========================================================================================= */

static void remove_call(apus_client *client, size_t index)
{
  if (client->calls[index].abandoned) client->abandoned_count--;
  client->call_count--;
  memmove(&client->calls[index], &client->calls[index + 1], (client->call_count - index) * sizeof *client->calls);
}

static size_t find_call(const apus_client *client, uint64_t id)
{
  size_t index = 0;
  while (index < client->call_count && client->calls[index].id != id) index++;
  return index;
}

/* Notes the server's goodbye: calls that it did not take up will have no reply. */
static apus_status take_notice(apus_client *client, apus_reply *reply, Apus__V1__Reply__ResultCase result)
{
  if (result != APUS__V1__REPLY__RESULT_GO_AWAY || client->going_away) {
    client_shut(client, APUS_ERR_PROTOCOL, "a reply to no call: %s %.150s", apus_strstatus(reply->status),
                reply->message);
    apus_reply_free(reply);
    return APUS_ERR_PROTOCOL;
  }
  client->going_away = true;
  client->away_reason = reply->reason;
  error_be(&client->end, APUS_UNAVAILABLE, "the server said goodbye: %s%s%.160s", apus_strreason(reply->reason),
           reply->message[0] == 0 ? "" : ", ", reply->message);
  for (size_t i = client->call_count; i-- > 0;)
    if (client->calls[i].id > reply->last_call_id) remove_call(client, i);
  reply->status = APUS_UNAVAILABLE;
  reply->executed = false;
  return APUS_UNAVAILABLE;
}

/* Takes the reply in one frame. APUS_OK with call_id 0: it was to an abandoned call, and is dropped. */
static apus_status take_reply(apus_client *client, const uint8_t *payload, size_t length, apus_reply *reply)
{
  Apus__V1__Reply__ResultCase result = APUS__V1__REPLY__RESULT__NOT_SET;
  const apus_status status = decode_reply(client, payload, length, reply, &result);
  if (status != APUS_OK) return status;
  if (reply->call_id == 0) return take_notice(client, reply, result);
  const size_t index = find_call(client, reply->call_id);
  if (index == client->call_count) {
    client_shut(client, APUS_ERR_PROTOCOL, "a reply to call %llu, which is not in flight",
                (unsigned long long)reply->call_id);
    apus_reply_free(reply);
    return APUS_ERR_PROTOCOL;
  }
  const waiting call = client->calls[index];
  remove_call(client, index);
  if (reply->status == APUS_OK && result != call.result) {
    client_shut(client, APUS_ERR_PROTOCOL, "the reply to call %llu is to another method (field %d, not %d)",
                (unsigned long long)call.id, (int)result, (int)call.result);
    apus_reply_free(reply);
    return APUS_ERR_PROTOCOL;
  }
  if (call.abandoned) apus_reply_free(reply);
  return APUS_OK;
}

/* apus_receive without its words for failures: on anything but APUS_OK and a goodbye the reply is empty. */
static apus_status receive(apus_client *client, int64_t deadline, apus_reply *reply)
{
  reply_clear(reply);
  for (;;) {
    if (client->fd < 0) return APUS_ERR_CLOSED;
    const uint8_t *payload = NULL;
    size_t length = 0;
    apus_status status = next_frame(client, &payload, &length);
    if (status == APUS_OK && payload != NULL) {
      status = take_reply(client, payload, length, reply);
      if (status == APUS_OK && reply->call_id == 0) continue;
      /* After a goodbye nothing is left to wait for once the last taken call is answered. */
      if (client->going_away && client->call_count == 0) close_socket(client);
      return status;
    }
    if (status == APUS_OK) status = step(client, true, deadline);
    if (status != APUS_OK) return status;
  }
}

/* Why no call can be made now, in the reply; APUS_OK when one can. */
static apus_status check_open(apus_client *client, apus_reply *reply)
{
  if (apus_is_open(client)) return APUS_OK;
  reply_fail(reply, APUS_ERR_CLOSED, false, "the client is closed: %s", client->end.message);
  if (client->going_away) reply->reason = client->away_reason;
  return APUS_ERR_CLOSED;
}

/* Gives up on the newest call. One that did not begin to be sent is taken back; false: it may be executed yet. */
static bool give_up(apus_client *client, uint64_t id, size_t frame_bytes)
{
  const size_t index = find_call(client, id);
  if (buffer_count(&client->output) >= frame_bytes) {
    client->output.end -= frame_bytes;
    remove_call(client, index);
    return true;
  }
  client->calls[index].abandoned = true;
  client->abandoned_count++;
  if (client->abandoned_count >= MAX_ABANDONED)
    client_shut(client, APUS_ERR_CONNECTION, "the server left %d calls unanswered", (int)MAX_ABANDONED);
  return false;
}

/* Waits for the reply to the one call in flight that is not abandoned. */
static apus_status await(
  apus_client *client, uint64_t id, size_t frame_bytes, uint32_t deadline_ms, int64_t deadline, apus_reply *reply)
{
  for (;;) {
    const apus_status status = receive(client, deadline, reply);
    if (status == APUS_OK) return reply->status;
    if (status == APUS_ERR_TIMEOUT) {
      const bool taken_back = give_up(client, id, frame_bytes);
      reply_fail(reply, status, !taken_back, "no reply within %u ms", (unsigned)deadline_ms);
      reply->call_id = id;
      return status;
    }
    const bool is_goodbye = status == APUS_UNAVAILABLE && reply->status == APUS_UNAVAILABLE;
    if (is_goodbye && reply->last_call_id >= id && client->fd >= 0) {
      apus_reply_free(reply); /* the server took this call up: its reply is still to come */
      continue;
    }
    if (is_goodbye) {
      close_socket(client);
      reply->call_id = id;
      return status;
    }
    /* Bytes that never left cannot have had an effect. */
    const bool executed = buffer_count(&client->output) == 0;
    reply_fail(reply, client->end.status, executed, "%s", client->end.message);
    reply->call_id = id;
    if (client->going_away) reply->reason = client->away_reason;
    return reply->status;
  }
}

static apus_status blocking_call(apus_client *client, Apus__V1__Call *message, uint32_t deadline_ms, apus_reply *reply)
{
  const int64_t deadline = deadline_after(deadline_ms);
  const apus_status open = check_open(client, reply);
  if (open != APUS_OK) return open;
  if (apus_calls_in_flight(client) > 0)
    return reply_fail(reply, APUS_ERR_USAGE, false, "%zu calls sent before are unanswered; receive their replies first",
                      apus_calls_in_flight(client));
  if (deadline_ms == 0) return reply_fail(reply, APUS_ERR_TIMEOUT, false, "a deadline of 0 ms has passed already");
  apus_error error;
  const uint64_t id = client->next_id;
  const size_t before = buffer_count(&client->output);
  apus_status status = enqueue(client, message, deadline_ms, &error);
  if (status != APUS_OK) return reply_fail(reply, status, false, "%s", error.message);
  const size_t frame_bytes = buffer_count(&client->output) - before;
  status = write_some(client);
  if (status != APUS_OK) {
    reply_fail(reply, client->end.status, false, "%s", client->end.message);
    reply->call_id = id;
    return status;
  }
  return await(client, id, frame_bytes, deadline_ms, deadline, reply);
}

/* ==== the public calls ============================================================================================ */

static arena request_arena(void)
{
  arena memory = {NULL, 0, SIZE_MAX / 2, false};
  return memory;
}

apus_status apus_rank(
  apus_client *client, const apus_rank_request *request, uint32_t deadline_ms, apus_reply *reply)
{
  arena memory = request_arena();
  Apus__V1__RankRequest rank;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_RANK;
  message.rank = &rank;
  const char *const wrong = fill_rank(&rank, request, &memory);
  const apus_status status = wrong == NULL ? blocking_call(client, &message, deadline_ms, reply)
                                           : reply_fail(reply, APUS_ERR_USAGE, false, "%s", wrong);
  free_blocks(memory.blocks);
  return status;
}

apus_status apus_recommend(
  apus_client *client, const apus_recommend_request *request, uint32_t deadline_ms, apus_reply *reply)
{
  Apus__V1__RecommendRequest recommend = APUS__V1__RECOMMEND_REQUEST__INIT;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_RECOMMEND;
  message.recommend = &recommend;
  recommend.user_id = request->user_id;
  recommend.limit = request->limit;
  recommend.include_text = request->include_text;
  recommend.include_names = request->include_names;
  return blocking_call(client, &message, deadline_ms, reply);
}

apus_status apus_similar(
  apus_client *client, const apus_similar_request *request, uint32_t deadline_ms, apus_reply *reply)
{
  Apus__V1__SimilarTweetsRequest similar = APUS__V1__SIMILAR_TWEETS_REQUEST__INIT;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_SIMILAR_TWEETS;
  message.similar_tweets = &similar;
  if (column_is_missing(request->text, request->text_length))
    return reply_fail(reply, APUS_ERR_USAGE, false, "text is NULL");
  similar.tweet_id = request->tweet_id;
  similar.text = binary(request->text, request->text_length);
  similar.limit = request->limit;
  similar.include_text = request->include_text;
  similar.include_names = request->include_names;
  return blocking_call(client, &message, deadline_ms, reply);
}

apus_status apus_top(apus_client *client, const apus_top_request *request, uint32_t deadline_ms, apus_reply *reply)
{
  Apus__V1__TopTweetsRequest top = APUS__V1__TOP_TWEETS_REQUEST__INIT;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_TOP_TWEETS;
  message.top_tweets = &top;
  top.order = (Apus__V1__TopOrder)request->order;
  top.limit = request->limit;
  top.include_text = request->include_text;
  top.include_names = request->include_names;
  return blocking_call(client, &message, deadline_ms, reply);
}

apus_status apus_record(
  apus_client *client, const apus_event *events, size_t event_count, uint32_t deadline_ms, apus_reply *reply)
{
  arena memory = request_arena();
  Apus__V1__RecordEventsRequest record;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_RECORD_EVENTS;
  message.record_events = &record;
  const char *const wrong = fill_events(&record, events, event_count, &memory);
  const apus_status status = wrong == NULL ? blocking_call(client, &message, deadline_ms, reply)
                                           : reply_fail(reply, APUS_ERR_USAGE, false, "%s", wrong);
  free_blocks(memory.blocks);
  return status;
}

apus_status apus_set_rewards(
  apus_client *client, const apus_reward *rewards, size_t reward_count, uint32_t deadline_ms, apus_reply *reply)
{
  arena memory = request_arena();
  Apus__V1__SetRewardsRequest request;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_SET_REWARDS;
  message.set_rewards = &request;
  const char *const wrong = fill_rewards_request(&request, rewards, reward_count, &memory);
  const apus_status status = wrong == NULL ? blocking_call(client, &message, deadline_ms, reply)
                                           : reply_fail(reply, APUS_ERR_USAGE, false, "%s", wrong);
  free_blocks(memory.blocks);
  return status;
}

apus_status apus_reload(
  apus_client *client, const char *path, bool rollback, uint32_t deadline_ms, apus_reply *reply)
{
  Apus__V1__ReloadModelRequest request = APUS__V1__RELOAD_MODEL_REQUEST__INIT;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_RELOAD_MODEL;
  message.reload_model = &request;
  if (path != NULL) request.path = binary(path, strlen(path));
  request.rollback = rollback;
  return blocking_call(client, &message, deadline_ms, reply);
}

apus_status apus_describe(apus_client *client, uint32_t deadline_ms, apus_reply *reply)
{
  Apus__V1__DescribeRequest describe = APUS__V1__DESCRIBE_REQUEST__INIT;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_DESCRIBE;
  message.describe = &describe;
  return blocking_call(client, &message, deadline_ms, reply);
}

apus_status apus_ping(apus_client *client, uint32_t deadline_ms, apus_reply *reply)
{
  Apus__V1__PingRequest ping = APUS__V1__PING_REQUEST__INIT;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_PING;
  message.ping = &ping;
  return blocking_call(client, &message, deadline_ms, reply);
}

apus_status apus_authenticate(
  apus_client *client, const char *token, size_t length, uint32_t deadline_ms, apus_reply *reply)
{
  Apus__V1__AuthenticateRequest authenticate = APUS__V1__AUTHENTICATE_REQUEST__INIT;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_AUTHENTICATE;
  message.authenticate = &authenticate;
  if (column_is_missing(token, length)) return reply_fail(reply, APUS_ERR_USAGE, false, "token is NULL");
  authenticate.token = binary(token, length);
  return blocking_call(client, &message, deadline_ms, reply);
}

/* The first line of a file that is not empty, without spaces around it; NULL: there is none, or it is too long. */
static const char *first_line(FILE *file, char *line, int capacity, size_t *length)
{
  while (fgets(line, capacity, file) != NULL) {
    size_t end = strlen(line);
    if (end + 1 == (size_t)capacity && line[end - 1] != '\n') return NULL;
    while (end > 0 && strchr(" \t\r\n", line[end - 1]) != NULL) end--;
    const size_t start = strspn(line, " \t");
    if (start >= end) continue;
    *length = end - start;
    return line + start;
  }
  return NULL;
}

apus_status apus_authenticate_from(apus_client *client, const char *path, uint32_t deadline_ms, apus_reply *reply)
{
  char line[TOKEN_LINE_BYTES];
  size_t length = 0;
  FILE *const file = fopen(path, "r");
  if (file == NULL) return reply_fail(reply, APUS_ERR_USAGE, false, "cannot read %.180s: %s", path, strerror(errno));
  const char *const token = first_line(file, line, (int)sizeof line, &length);
  fclose(file);
  if (token == NULL) return reply_fail(reply, APUS_ERR_USAGE, false, "%.180s holds no token", path);
  return apus_authenticate(client, token, length, deadline_ms, reply);
}

apus_status apus_send_rank(
  apus_client *client, const apus_rank_request *request, uint32_t budget_ms, uint64_t *call_id)
{
  if (!apus_is_open(client)) return APUS_ERR_CLOSED;
  arena memory = request_arena();
  apus_error error;
  Apus__V1__RankRequest rank;
  Apus__V1__Call message = APUS__V1__CALL__INIT;
  message.method_case = APUS__V1__CALL__METHOD_RANK;
  message.rank = &rank;
  const char *const wrong = fill_rank(&rank, request, &memory);
  const apus_status status = wrong == NULL ? enqueue(client, &message, budget_ms, &error) : APUS_ERR_USAGE;
  free_blocks(memory.blocks);
  if (status == APUS_OK && call_id != NULL) *call_id = message.id;
  return status;
}

apus_status apus_send_encoded(apus_client *client, const void *call, size_t length, apus_encoded_call *sent)
{
  if (!apus_is_open(client)) return APUS_ERR_CLOSED;
  arena memory = {NULL, 0, ((size_t)1 << 20) + 16 * length, false};
  ProtobufCAllocator allocator = {arena_allocate, arena_keep, &memory};
  Apus__V1__Call *const message = apus__v1__call__unpack(&allocator, length, call);
  apus_error error;
  apus_status status = APUS_ERR_USAGE;
  if (message != NULL && message->method_case != APUS__V1__CALL__METHOD__NOT_SET)
    status = enqueue_message(client, message, &error);
  else if (memory.exhausted)
    status = APUS_ERR_MEMORY;
  if (status == APUS_OK && sent != NULL) {
    sent->call_id = message->id;
    sent->has_budget = message->budget_case == APUS__V1__CALL__BUDGET_BUDGET_MS;
    sent->budget_ms = sent->has_budget ? message->budget_ms : 0;
    sent->criticality = (apus_criticality)message->criticality;
  }
  free_blocks(memory.blocks);
  return status;
}

apus_status apus_flush(apus_client *client, uint32_t timeout_ms)
{
  if (client->fd < 0) return APUS_ERR_CLOSED;
  const int64_t deadline = deadline_after(timeout_ms);
  apus_status status = write_some(client);
  while (status == APUS_OK && buffer_count(&client->output) > 0)
    status = step(client, buffer_count(&client->input) < INPUT_HIGH_WATER, deadline);
  return status;
}

apus_status apus_receive(apus_client *client, uint32_t timeout_ms, apus_reply *reply)
{
  const apus_status status = receive(client, deadline_after(timeout_ms), reply);
  const bool is_goodbye = status == APUS_UNAVAILABLE && reply->status == APUS_UNAVAILABLE;
  if (status == APUS_OK || is_goodbye) return status;
  if (status == APUS_ERR_TIMEOUT) {
    reply->status = status; /* a poll loop comes here often: no allocation */
    reply->message = "no reply came in time";
    return status;
  }
  if (status == APUS_ERR_CLOSED)
    return reply_fail(reply, status, false, "the client is closed: %s", client->end.message);
  /* An end after a goodbye was announced by it; what is still in flight then is lost. */
  reply_fail(reply, client->going_away ? APUS_ERR_CLOSED : status, true, "%s", client->end.message);
  return reply->status;
}
