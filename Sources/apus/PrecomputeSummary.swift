import Foundation

/// What `apus precompute` did, for people and programs.
struct PrecomputeSummary: Encodable {
  /// Users with a list.
  let users: Int
  /// Users asked for whom the model lacks; they have none.
  let unknownUsers: Int
  let modelVersion: String
  /// How the tweets were found: `factors`, `candidates` or `everything`.
  let method: String
  /// Whether the lists are the best of all tweets.
  let isExact: Bool
  let limit: Int
  let ttlSeconds: Int64
  /// Of all lists.
  let bytes: Int
  /// Lists in the store; 0 without one.
  let written: Int
  /// How often a part was written again after a lost connection.
  let retries: Int
  /// Of ranking and writing.
  let seconds: Double
  let usersPerSecond: Double
  /// With loading.
  let totalSeconds: Double

  /// One sentence or two.
  var sentence: String {
    let how = isExact ? "the best of all tweets" : "the best of their candidates"
    let place = written == 0 ? "written nowhere" : "kept for \(ttlSeconds) s"
    let rest = unknownUsers == 0 ? "" : " The model does not know \(unknownUsers) of the users asked for."
    return String(
      format: "Ranked %@ for %d users in %.1f s (%.0f a second): %.1f MB, %@. Model %@.", how, users, seconds,
      usersPerSecond, Double(bytes) / 1e6, place, modelVersion) + rest
  }
}
