/// What the time of a call goes into. Each has a histogram; a call adds to those that it went through.
enum Phase: Int, CaseIterable, Sendable {
  /// From the frame's last byte to the call's turn.
  case queue
  /// Bytes to a request.
  case decode
  /// Candidates to rows, and a value for each signal and candidate; for lists, finding them.
  case score
  /// One score from all signals, and the steps after it.
  case blend
  /// What feedback has taught about the tweets.
  case bandit
  /// The order, with exploration and propensities.
  case order
  /// The answer to bytes.
  case encode
  /// Keeping what was shown for feedback to name.
  case remember
  /// One write of all replies that a connection has in a turn, so it is not one a call.
  case write
  /// From the frame's last byte to the encoded reply, whatever the answer; without RecordEvents and SetRewards.
  case call
  /// The same of RecordEvents and SetRewards, which wait for the disk.
  case feedback

  /// The name in Describe's answer.
  var name: String { "\(self)" }
}
