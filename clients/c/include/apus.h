/*
 * apus.h: the C client of the Apus ranking server.
 *
 *   apus_client *client;
 *   apus_error error;
 *   if (apus_connect("127.0.0.1:7411", 1000, &client, &error) != APUS_OK) { ... error.message ... }
 *
 *   apus_rank_request request = {0};
 *   request.user_id = apus_id("alice", 5);
 *   request.tweet_ids = candidates;
 *   request.tweet_count = 500;
 *   apus_reply reply;
 *   if (apus_rank(client, &request, 50, &reply) == APUS_OK)
 *     for (size_t i = 0; i < reply.ranking->count; i++) ... reply.ranking->tweet_ids[i] ...
 *   else ... reply.message ...
 *   apus_reply_free(&reply);
 *   apus_close(client);
 *
 * Ownership: a request belongs to the caller and is only read during the call. A reply belongs to the caller; every
 * pointer in it lives until apus_reply_free, which is due exactly once after every call that took an apus_reply,
 * whatever it returned. A client and its replies are independent: a reply outlives its client.
 *
 * Threads: a client belongs to one thread at a time; use one client per thread. There is no global state. No call
 * raises SIGPIPE.
 *
 * C99; needs libprotobuf-c and POSIX.1-2008.
 */
#ifndef APUS_H
#define APUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define APUS_API __attribute__((visibility("default")))
#else
#define APUS_API
#endif

/* ---- outcomes ------------------------------------------------------------------------------------------------- */

/* How a call ended. 0 to 16 are the server's word, with gRPC's meanings; from 100 on the client found out itself. */
typedef enum apus_status {
  APUS_OK = 0,
  APUS_CANCELLED = 1,
  APUS_UNKNOWN = 2, /* also: a code that this client does not know */
  APUS_INVALID_ARGUMENT = 3,
  APUS_DEADLINE_EXCEEDED = 4,
  APUS_NOT_FOUND = 5,
  APUS_ALREADY_EXISTS = 6,
  APUS_PERMISSION_DENIED = 7,
  APUS_RESOURCE_EXHAUSTED = 8,
  APUS_FAILED_PRECONDITION = 9,
  APUS_ABORTED = 10,
  APUS_OUT_OF_RANGE = 11,
  APUS_UNIMPLEMENTED = 12,
  APUS_INTERNAL = 13,
  APUS_UNAVAILABLE = 14, /* also: the server said goodbye before it took up this call */
  APUS_DATA_LOSS = 15,
  APUS_UNAUTHENTICATED = 16,

  APUS_ERR_TIMEOUT = 100,    /* nothing came until the deadline; the client stays usable */
  APUS_ERR_CONNECTION = 101, /* could not connect, or the connection broke; the client is closed */
  APUS_ERR_CLOSED = 102,     /* the client was closed by an earlier failure or goodbye; connect anew */
  APUS_ERR_PROTOCOL = 103,   /* the server's bytes make no sense; the client is closed */
  APUS_ERR_MEMORY = 104,     /* out of memory */
  APUS_ERR_USAGE = 105       /* an argument is wrong, or the call does not fit the client's state; nothing was sent */
} apus_status;

/* Why, for programs; apus_reply.message says it for people. */
typedef enum apus_reason {
  APUS_REASON_UNSPECIFIED = 0,
  APUS_REASON_PROTOCOL = 1,        /* the connection's bytes are not this protocol */
  APUS_REASON_FRAME_TOO_LARGE = 2, /* the call is longer than the server's limit */
  APUS_REASON_SLOW_FRAME = 3,      /* a call did not arrive whole in time, or the first one did not come */
  APUS_REASON_IDLE = 4,            /* nothing came for too long */
  APUS_REASON_TOO_MANY_ERRORS = 5, /* too many bad or empty messages on one connection */
  APUS_REASON_DRAINING = 6,        /* the server is going down; ask another */
  APUS_REASON_MALFORMED = 7,       /* the message is not a well-formed call */
  APUS_REASON_DECODE_BUDGET = 8,   /* decoding the call would take more memory than it may */
  APUS_REASON_CALL_ID = 9,         /* the call id is 0, already in flight, or behind too many fields */
  APUS_REASON_QUEUE_FULL = 10,     /* the server's queue is full */
  APUS_REASON_SLOW_READER = 11,    /* the client does not read its replies */
  APUS_REASON_FEEDBACK_LOG = 12,   /* the feedback log cannot be written */
  APUS_REASON_OVERLOADED = 13,     /* the server has more work than it can do in the call's time */
  APUS_REASON_CONNECTION_LIMIT = 15, /* the server has no room for this connection, or not for what it sends */
  APUS_REASON_TOO_MANY_PINGS = 16,   /* pings came too often, and no other calls */
  APUS_REASON_TOKEN = 17,            /* no right token was shown, see apus_authenticate; or too often none */
  APUS_REASON_TOO_MANY_CANCELS = 18, /* too many connections of this client ended with calls in flight */
  APUS_REASON_MODEL_REFUSED = 20,    /* the model cannot be served; the one before stays */
  APUS_REASON_RELOADING = 21,        /* another reload was asked for later, and that one counts */
  APUS_REASON_MEMORY = 24            /* the server is short of memory */
} apus_reason;

/* A constant name such as "DEADLINE_EXCEEDED" or "client: timeout"; never NULL. */
APUS_API const char *apus_strstatus(apus_status status);

/* A constant name such as "DRAINING"; never NULL. */
APUS_API const char *apus_strreason(apus_reason reason);

/* ---- ids ------------------------------------------------------------------------------------------------------ */

/*
 * The 64-bit id of a key. A canonical decimal (digits only, no leading zero except "0" itself, at most 2^64-1) is its
 * own value; any other key is its XXH64 with seed 0 (https://github.com/Cyan4973/xxHash, doc/xxhash_spec.md). The
 * trainer, the server and every client map keys so. `key` need not end in NUL and may be NULL where length is 0.
 */
APUS_API uint64_t apus_id(const char *key, size_t length);

/* ---- requests (owned by the caller; start from {0}) ------------------------------------------------------------ */

/* A candidate that the model may not know, with its text. */
typedef struct apus_new_tweet {
  uint64_t tweet_id;
  const char *text; /* UTF-8, need not end in NUL */
  size_t text_length;
  uint64_t author_id; /* 0: unknown */
  float caller_score; /* see apus_rank_request.caller_scores */
} apus_new_tweet;

/* Order these candidates for this user. */
typedef struct apus_rank_request {
  uint64_t user_id;
  const uint64_t *tweet_ids; /* [tweet_count] candidates; a repeated id is ranked once */
  size_t tweet_count;
  const uint64_t *author_ids; /* NULL or [tweet_count]; used where the model does not know the tweet; 0: unknown */
  const float *caller_scores; /* NULL or [tweet_count]; the caller's own scores, taken as one more signal */
  const apus_new_tweet *new_tweets; /* [new_tweet_count] further candidates, with their text */
  size_t new_tweet_count;
  uint32_t limit;    /* return only the best `limit`; 0: all */
  bool explain;      /* fill apus_ranking.contributions and .values */
  bool include_text; /* fill apus_ranking.texts */
} apus_rank_request;

/* Choose tweets for a user without candidates from the caller. */
typedef struct apus_recommend_request {
  uint64_t user_id;
  uint32_t limit;     /* 0: the server's default */
  bool include_text;  /* fill apus_tweets.texts */
  bool include_names; /* fill apus_tweets.names */
} apus_recommend_request;

/* The tweets whose text is closest to a tweet of the model or, if it is not in the model, to `text`. With a text and
 * tweet_id 0 the text alone counts; without a text, 0 is the tweet with the id 0. */
typedef struct apus_similar_request {
  uint64_t tweet_id;
  const char *text; /* NULL where text_length is 0 */
  size_t text_length;
  uint32_t limit; /* 0: the server's default */
  bool include_text;
  bool include_names;
} apus_similar_request;

typedef enum apus_top_order { APUS_TOP_PAGERANK = 0, APUS_TOP_POPULARITY = 1 } apus_top_order;

/* The best tweets for nobody in particular. */
typedef struct apus_top_request {
  apus_top_order order;
  uint32_t limit; /* 0: the server's default */
  bool include_text;
  bool include_names;
} apus_top_request;

typedef enum apus_event_type {
  APUS_EVENT_UNSPECIFIED = 0,
  APUS_EVENT_IMPRESSION = 1,
  APUS_EVENT_CLICK = 2,
  APUS_EVENT_LIKE = 3,
  APUS_EVENT_RETWEET = 4,
  APUS_EVENT_QUOTE = 5,
  APUS_EVENT_REPLY = 6,
  APUS_EVENT_HIDE = 7,
  APUS_EVENT_REPORT = 8
} apus_event_type;

/* What a user did with a tweet. */
typedef struct apus_event {
  uint64_t user_id;
  uint64_t tweet_id;
  apus_event_type type;
  int64_t timestamp;   /* Unix time in seconds; 0: when the server receives it */
  uint64_t request_id; /* apus_ranking.request_id of the ranking that showed the tweet; 0: none */
} apus_event;

/* What an event of a type adds to its tweet's reward sum. */
typedef struct apus_reward {
  apus_event_type type;
  double weight; /* -10 to 10 */
} apus_reward;

/* ---- replies (free with apus_reply_free) ------------------------------------------------------------------------ */

/* Bytes as the model holds them, usually UTF-8; NOT ended by NUL. print with "%.*s", (int)length, bytes. */
typedef struct apus_text {
  const char *bytes;
  size_t length; /* 0: the model has none */
} apus_text;

/* What the model knew about a candidate. */
typedef enum apus_familiarity {
  APUS_FAMILIARITY_KNOWN = 0,  /* the tweet has a row in the model */
  APUS_FAMILIARITY_TEXT = 1,   /* scored by its text, its author and the priors */
  APUS_FAMILIARITY_UNKNOWN = 2 /* scored by its author and the priors */
} apus_familiarity;

/* The answer to apus_rank: `count` tweets, best first, in parallel columns. */
typedef struct apus_ranking {
  uint64_t request_id; /* names this ranking in feedback */
  size_t count;
  const uint64_t *tweet_ids;   /* [count] */
  const float *scores;         /* [count] */
  const float *propensities;   /* [count] probability of this tweet at this position, (0, 1]; NULL: not told */
  const int32_t *familiarity;  /* [count] apus_familiarity; NULL: not told */
  const apus_text *texts;      /* [count]; NULL unless include_text */

  /* The explanation; signal_count is 0 and the pointers are NULL unless `explain`.
   * Row i is contributions[i * signal_count ...]; adding it from left to right in 32-bit floats, starting with its
   * first element, gives exactly scores[i]. */
  size_t signal_count;
  const char *const *signals;  /* [signal_count] names: signals, then steps such as "bandit" */
  const float *contributions;  /* [count * signal_count] */
  const float *signal_values;  /* [count * signal_count] before standardisation and weight; NULL: not told */

  bool user_known;             /* false: only user-independent signals count */
  uint32_t explored_position;  /* 1-based position filled by exploration; 0: none */
  uint32_t duplicates_removed;
  uint32_t values_replaced;    /* caller scores that were not finite and count as 0 */
  uint32_t degradation_level;  /* 0: nothing was left out to keep the budget */
  size_t skipped_signal_count;
  const char *const *skipped_signals; /* [skipped_signal_count] what was left out */
  const char *model_version;
  const char *policy_version;
} apus_ranking;

/* Why the server computed an answer to apus_recommend where it could have taken a list made beforehand; a number that
 * is not among these is of a later version. */
typedef enum apus_compute_reason {
  APUS_COMPUTED_NOT = 0,         /* it took such a list */
  APUS_COMPUTED_NO_STORE = 1,    /* it has no store of lists */
  APUS_COMPUTED_MISS = 2,        /* the store has no list of this user */
  APUS_COMPUTED_TIMEOUT = 3,     /* the store did not answer in time */
  APUS_COMPUTED_STORE_DOWN = 4,  /* the store cannot be reached, or answered with an error */
  APUS_COMPUTED_STALE_MODEL = 5, /* the list was made with another model */
  APUS_COMPUTED_DAMAGED = 6,     /* what the store holds is not a list */
  APUS_COMPUTED_SHORT = 7        /* too few tweets of the list are left */
} apus_compute_reason;

/* What an answer to apus_recommend says beside its tweets. */
typedef struct apus_recommendation {
  uint64_t request_id;        /* names this ranking in feedback */
  const float *propensities;  /* [count] probability of this tweet at this position, (0, 1]; NULL: not told */
  int32_t compute_reason;     /* apus_compute_reason */
  bool user_known;            /* false: what is new and what everybody likes was ranked */
  uint32_t candidates;        /* tweets that were ranked */
  uint32_t explored_position; /* 1-based position filled by exploration; 0: none */
  uint32_t degradation_level; /* 0: nothing was left out to keep the budget */
  int64_t made_at;            /* Unix time in seconds at which the list was made; 0: computed */
  const char *policy_version;
} apus_recommendation;

/* The answer to apus_recommend, apus_similar and apus_top: `count` tweets, best first. */
typedef struct apus_tweets {
  size_t count;
  const uint64_t *tweet_ids; /* [count] */
  const double *values;      /* [count] recommend: score; similar: cosine in (0, 1]; top: PageRank or popularity */
  const apus_text *texts;    /* [count]; NULL unless include_text */
  const apus_text *names;    /* [count] keys as logged, empty where the key is the id in decimal; NULL unless
                              * include_names, and from a server that is older than this column */
  const char *source;        /* recommend: "precomputed" or "computed"; otherwise "" */
  const char *model_version;
  const apus_recommendation *recommendation; /* recommend; otherwise NULL */
} apus_tweets;

/* The answer to apus_record: all events of the call are durable. */
typedef struct apus_recorded {
  uint32_t recorded;      /* events that this call added to the log */
  uint64_t last_sequence; /* a sequence number of the log at which all events of the call are in it */
  uint32_t duplicates;    /* events that the log had already; not added again */
  uint32_t unmatched;     /* of those recorded: named a ranking that is not known, or that did not show the tweet to the
                           * user, or too long ago, so they teach nothing, or not yet */
} apus_recorded;

/* The answer to apus_set_rewards: what is in force now. */
typedef struct apus_rewards {
  size_t count;
  const apus_reward *rewards; /* [count] one for each type that the server knows */
  int64_t set_at;             /* Unix time in seconds, by the server's clock; 0: never, they are the defaults */
} apus_rewards;

/* The answer to apus_reload. */
typedef struct apus_reloaded {
  const char *model_version;    /* the model that is served now */
  const char *previous_version; /* the one before; the same: it was served already, and nothing was changed */
} apus_reloaded;

/* Models that were to replace the one before; counters are since the start. */
typedef struct apus_reloads {
  int64_t model_loaded_at; /* Unix time in seconds at which the model was ready to serve */
  uint64_t done;           /* models that replaced another */
  uint64_t refused;        /* models that were refused */
  const char *last_error;  /* why the last reload failed; "": it did not */
  bool in_progress;        /* whether one runs now */
  const char *previous_model; /* what a rollback would bring back; "": nothing */
} apus_reloads;

/* The server's limits that a client can run into. */
typedef struct apus_limits {
  uint32_t frame_bytes;
  uint32_t candidates_per_call;
  uint32_t text_bytes;
  uint32_t calls_in_flight;
  uint32_t default_budget_ms;
  uint32_t connections;             /* open at once; 0 here and below: a server older than this field */
  uint32_t connections_per_address; /* of one client */
  uint32_t first_frame_ms;          /* from the accept to the first call's last byte */
  uint32_t whole_frame_ms;          /* from a call's first byte to its last */
  uint32_t idle_ms;                 /* without a call */
  uint32_t write_stall_ms;          /* for the client to read what one write has queued */
  uint32_t unauthenticated_frame_bytes; /* of the call that shows the token */
  uint32_t ping_ms;                 /* pings that come sooner after each other count as too many */
} apus_limits;

/* The log that a server shares with other replicas; counters are since the start. */
typedef struct apus_shared_log {
  const char *place; /* where it is; NULL: the server shares none, and all else is 0 */
  bool connected;
  uint64_t shipped_sequence; /* the last entry of the server's log that it is known to have */
  uint64_t lag;              /* durable entries of the server's log that it is not known to have */
  uint64_t followed;         /* entries of other servers that were handed over to be folded */
  uint64_t skipped;          /* entries or batches of others that could not be used */
  uint64_t reshipped;        /* entries that were shipped again, since it had lost them */
  uint64_t missing;          /* entries that it lacks and the server's log has no more */
  const char *last_error;    /* "": all is well */
} apus_shared_log;

/* The calls that wait for a server's workers, and what has become of those that it did not answer; counters are since its
 * start. */
typedef struct apus_queue {
  uint64_t calls;             /* that wait now */
  uint64_t work_nanos;        /* what they are expected to cost */
  uint32_t degradation_level; /* of answers now: 0 nothing is left out, 3 most is */
  uint64_t expired;           /* calls whose budget was over before they were done */
  uint64_t cancelled;         /* calls whose connection ended before they were done */
  uint64_t shed_critical;     /* calls that were refused because there was too much work, */
  uint64_t shed_default;      /* by how much they matter */
  uint64_t shed_sheddable;
  uint64_t degraded;          /* rankings from which something was left out */
  uint64_t yields;            /* how often a large call was put aside for others to have their turn */
} apus_queue;

/*
 * Durations of one phase of the server's work on calls since its start. Bucket b holds durations from
 * apus_bucket_nanos(b) to apus_bucket_nanos(b + 1). Counts only grow: an interval is the difference of two readings.
 */
typedef struct apus_phase {
  const char *name; /* such as "score"; docs/protocol.md has them all */
  uint64_t count;   /* durations in all buckets */
  uint64_t sum_nanos;
  uint64_t max_nanos; /* the longest since the start */
  size_t bucket_count;
  const uint32_t *buckets; /* [bucket_count] those that are not empty, ascending */
  const uint64_t *counts;  /* [bucket_count] */
} apus_phase;

/* The shortest duration in nanoseconds that falls into a bucket of apus_phase. */
APUS_API uint64_t apus_bucket_nanos(uint32_t bucket);

/* The answer to apus_describe. */
typedef struct apus_description {
  const char *server_version;
  const char *model_version;
  const char *recipe;
  int64_t model_as_of; /* Unix time in seconds of the newest row that the model was trained on */
  uint64_t users;
  uint64_t tweets;
  uint64_t terms;
  uint32_t factors;
  size_t signal_count;        /* the blend, in the order of apus_ranking.signals without the steps */
  const char *const *signals; /* [signal_count] */
  const float *weights;       /* [signal_count] */
  const char *policy_version;
  double epsilon;
  uint64_t events_recorded;
  uint64_t uptime_seconds;
  uint32_t workers;
  uint64_t connections_accepted; /* counters since the server's start */
  uint64_t calls_answered;
  uint64_t calls_refused;
  apus_limits limits;
  uint64_t online_updates;   /* steps of learning from feedback, earlier runs included; 0 where it is off */
  uint64_t online_unmatched; /* events since the start that named no shown item that the server remembers */
  apus_shared_log shared_log;
  uint64_t feedback_arms;    /* what is kept of feedback now: tweets with trials or rewards, */
  uint64_t feedback_tweets;  /* tweets with recent engagements, */
  uint64_t feedback_users;   /* and users */
  uint64_t rankings_remembered; /* answers that feedback has not named yet, and may */
  uint64_t feedback_duplicates; /* events since the start that the log had already, */
  uint64_t feedback_unmatched;  /* and those recorded that teach nothing, or not yet */
  int64_t snapshot_at; /* Unix time in seconds of the last snapshot of what feedback has come to; 0: there is none */
  uint64_t connections_open;    /* now, */
  uint64_t connections_refused; /* and since the start: turned away because of a limit or a token, */
  uint64_t token_failures;      /* tokens that were missing or wrong, */
  uint64_t calls_cancelled;     /* calls that were not answered because their connection had ended */
  uint64_t memory_ceiling;      /* what the limits and the model add up to, in bytes */
  apus_reloads reloads;
  bool draining; /* the server is going down: it takes no more calls */
  apus_queue queue;
  size_t phase_count;
  const apus_phase *phases;    /* [phase_count] where the time of calls went */
  uint64_t calls_in_flight;    /* taken up and not yet answered */
  uint64_t resident_bytes;     /* memory of the server in RAM, */
  uint64_t memory_limit_bytes; /* and what it may have; 0: nobody has said */
  uint32_t memory_pressure;    /* 0 calm; 1 caches kept small; 2 connections refused; 3 rankings refused too */
  uint64_t loop_stalls;        /* how often a worker of the server stood still */
  uint64_t log_lines_dropped;  /* lines that nobody read from the server's standard error in time */
  const char *last_run;        /* what is known of the last run where it did not end in order; "": it did */
  uint64_t uptime_ms;          /* the server's clock at this reading: what rates are taken by */
} apus_description;

/* The outcome of one call. */
typedef struct apus_reply {
  uint64_t call_id;
  apus_status status;
  apus_reason reason;
  /* false: the call certainly had no effect and may be sent again or elsewhere. true: it had, or (where the client
   * itself gave up after sending) it may have. */
  bool executed;
  uint32_t retry_after_ms; /* where waiting helps: how long; 0: it does not */
  const char *message;     /* for people; never NULL */
  uint32_t server_micros;  /* from the arrival of the call's last byte to the encoding of this reply */
  uint32_t queue_micros;   /* the part of it spent waiting in the server's run queue */
  uint64_t last_call_id;   /* in a goodbye (see apus_receive): the last call that the server took up */

  /* Exactly the one that was asked for is not NULL where status is APUS_OK; otherwise all are. */
  const apus_ranking *ranking;
  const apus_tweets *tweets;
  const apus_recorded *recorded;
  const apus_rewards *rewards;
  const apus_reloaded *reloaded;
  const apus_description *description;

  void *memory; /* what apus_reply_free gives back; not for the caller */
} apus_reply;

/* Gives a reply's memory back and clears it. NULL and a reply that is already freed are fine. */
APUS_API void apus_reply_free(apus_reply *reply);

/* ---- the connection --------------------------------------------------------------------------------------------- */

typedef struct apus_client apus_client;

/* Why apus_connect failed. */
typedef struct apus_error {
  apus_status status;
  char message[240]; /* ends in NUL */
} apus_error;

/*
 * Connects to "host:port", "127.0.0.1:7411", "[::1]:7411" or "unix:/path" within timeout_ms (a host that is a name is
 * looked up first; the system's resolver does not keep to the timeout). On success *client must go to apus_close once; on
 * failure it is NULL and *error, unless NULL, says why: APUS_ERR_USAGE (the address), APUS_ERR_TIMEOUT,
 * APUS_ERR_CONNECTION or APUS_ERR_MEMORY.
 */
APUS_API apus_status apus_connect(const char *address, uint32_t timeout_ms, apus_client **client, apus_error *error);

/* Closes the connection and frees the client; NULL is fine. Calls in flight are given up. */
APUS_API void apus_close(apus_client *client);

/* Whether calls can be made: false after the connection broke or the server said goodbye. */
APUS_API bool apus_is_open(const apus_client *client);

/* How much the following calls matter when the server cannot serve all; the default is APUS_CRITICALITY_DEFAULT.
 * Critical calls are served before all others, sheddable ones are refused before all others. */
typedef enum apus_criticality {
  APUS_CRITICALITY_DEFAULT = 0,
  APUS_CRITICALITY_CRITICAL = 1,
  APUS_CRITICALITY_SHEDDABLE = 2
} apus_criticality;
APUS_API void apus_set_criticality(apus_client *client, apus_criticality criticality);

/* The W3C trace context (`traceparent` value) of the following calls, copied; at most 256 bytes, length 0 ends it. */
APUS_API apus_status apus_set_trace_parent(apus_client *client, const char *value, size_t length);

/* From here on `tap` is shown every call that is queued: the encoded message `Call`, without the frame's length. It must
 * neither keep the bytes nor use the client. NULL ends it. For recordings, and for looking at what goes out. */
typedef void (*apus_tap)(void *context, const void *call, size_t length);
APUS_API void apus_set_tap(apus_client *client, apus_tap tap, void *context);

/* The longest reply, in bytes, that the client accepts (default 8 MiB); a longer one is APUS_ERR_PROTOCOL. Decoding
 * a reply takes at most about 2 MiB plus 16 times its length. */
APUS_API void apus_set_reply_limit(apus_client *client, uint32_t bytes);

/* ---- calls ------------------------------------------------------------------------------------------------------ */

/*
 * Each call sends the request and waits for its reply, together for at most deadline_ms, which is also sent as the
 * call's budget (the server keeps to between 5 and 1000 ms; 0 has passed before anything is sent). The returned
 * status is reply->status. `reply` need not be initialised, is always filled in, and is the caller's to free.
 *
 * After APUS_ERR_TIMEOUT the client is usable: the late reply is dropped when it comes. A client that has 64 such
 * calls unanswered is closed. When the server says goodbye (it drains, or refuses the connection's bytes), a call
 * that it took up is still waited for; any other ends with APUS_UNAVAILABLE, the server's reason and executed ==
 * false. The client is closed then and every later call returns APUS_ERR_CLOSED; connecting anew is up to the caller.
 */
APUS_API apus_status apus_rank(
  apus_client *client, const apus_rank_request *request, uint32_t deadline_ms, apus_reply *reply);
APUS_API apus_status apus_recommend(
  apus_client *client, const apus_recommend_request *request, uint32_t deadline_ms, apus_reply *reply);
APUS_API apus_status apus_similar(
  apus_client *client, const apus_similar_request *request, uint32_t deadline_ms, apus_reply *reply);
APUS_API apus_status apus_top(
  apus_client *client, const apus_top_request *request, uint32_t deadline_ms, apus_reply *reply);
/* Answered only when the events are durable. */
APUS_API apus_status apus_record(
  apus_client *client, const apus_event *events, size_t event_count, uint32_t deadline_ms, apus_reply *reply);
/* Sets what events of these types are worth, those of the past too; other types keep what they have. NULL and 0 only asks.
 * Answered only when it is durable. */
APUS_API apus_status apus_set_rewards(
  apus_client *client, const apus_reward *rewards, size_t reward_count, uint32_t deadline_ms, apus_reply *reply);
/*
 * Has the server load its model file anew, or the file `path` (NULL or "": its own; others must lie in the folder that the
 * server allows), or with `rollback` go back to the model before. Answered when that model is served, or with
 * APUS_FAILED_PRECONDITION and the reason where it cannot be and the old one stays. A model of 10 GB takes a while: once
 * the server has taken the call up, the deadline is this client's alone.
 */
APUS_API apus_status apus_reload(
  apus_client *client, const char *path, bool rollback, uint32_t deadline_ms, apus_reply *reply);
APUS_API apus_status apus_describe(apus_client *client, uint32_t deadline_ms, apus_reply *reply);

/* Asks nothing: whether the server answers. More than one a second, with no other calls, ends the connection. */
APUS_API apus_status apus_ping(apus_client *client, uint32_t deadline_ms, apus_reply *reply);

/* Shows the server's token, copied; due before any other call where the server asks for one, which otherwise ends the
 * connection with APUS_UNAUTHENTICATED. Fine with servers that do not ask. The token travels as it is: over a network
 * that is not private, something else must encrypt the connection. */
APUS_API apus_status apus_authenticate(
  apus_client *client, const char *token, size_t length, uint32_t deadline_ms, apus_reply *reply);

/* The same with the first line of a file, without the spaces around it. */
APUS_API apus_status apus_authenticate_from(
  apus_client *client, const char *path, uint32_t deadline_ms, apus_reply *reply);

/* ---- many calls in flight ----------------------------------------------------------------------------------------
 * Queue with apus_send_rank, hand to the kernel with apus_flush, take replies, in any order, with apus_receive. The
 * blocking calls above return APUS_ERR_USAGE while calls sent this way are unanswered.
 */

/* Queues a call without blocking and tells its id. On a status other than APUS_OK nothing was queued. */
APUS_API apus_status apus_send_rank(
  apus_client *client, const apus_rank_request *request, uint32_t budget_ms, uint64_t *call_id);

/* What a call that was encoded elsewhere asked for. */
typedef struct apus_encoded_call {
  uint64_t call_id;   /* the id that the call has on this connection */
  bool has_budget;    /* false: the server's default counts */
  uint32_t budget_ms; /* 0 where has_budget is false */
  apus_criticality criticality;
} apus_encoded_call;

/* Queues, without blocking, a message `Call` of proto/apus/v1/ranking.proto that is encoded already, for instance one that
 * was recorded: as it is, but for its id, which becomes this client's next. `sent` may be NULL. APUS_ERR_USAGE: the bytes
 * are no such message, or ask for a method that this client does not know, and nothing was queued. */
APUS_API apus_status apus_send_encoded(
  apus_client *client, const void *call, size_t length, apus_encoded_call *sent);

/* Writes what is queued, waiting at most timeout_ms for room (0: only what fits now). APUS_ERR_TIMEOUT: some is left,
 * and is written by later calls. Replies that come meanwhile are kept for apus_receive. */
APUS_API apus_status apus_flush(apus_client *client, uint32_t timeout_ms);

/*
 * The next reply to any call in flight, waiting at most timeout_ms (0: only what is there now), writing what is queued
 * meanwhile. Returns
 *   APUS_OK           a reply came: reply->call_id and reply->status say to what and how it ended;
 *   APUS_ERR_TIMEOUT  none came;
 *   APUS_UNAVAILABLE  the server said goodbye: reply->call_id is 0, reply->reason says why; calls with an id above
 *                     reply->last_call_id were not executed and will have no reply, the others may be received yet;
 *   anything else     the client is closed and no reply will come.
 */
APUS_API apus_status apus_receive(apus_client *client, uint32_t timeout_ms, apus_reply *reply);

/* The socket, to poll for reading (and for writing while apus_wants_write); -1 once closed. Replies may already wait
 * inside the client: call apus_receive with timeout 0 until it returns APUS_ERR_TIMEOUT, then poll. */
APUS_API int apus_fd(const apus_client *client);

/* Whether queued bytes are still to be written. */
APUS_API bool apus_wants_write(const apus_client *client);

/* How many calls sent with apus_send_rank or apus_send_encoded may still be answered. */
APUS_API size_t apus_calls_in_flight(const apus_client *client);

#ifdef __cplusplus
}
#endif

#endif
