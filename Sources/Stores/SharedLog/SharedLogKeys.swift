/// The keys of a shared log, and the words in them. `docs/feedback-log.md` describes them.
struct SharedLogKeys {
  /// A stream of batches.
  let stream: [UInt8]
  /// A hash: by node, how much of its log has been added to the stream.
  let cursors: [UInt8]
  /// A string: a number that stands for this life of the three keys.
  let generation: [UInt8]

  init(prefix: String) {
    stream = Array("\(prefix):log".utf8)
    cursors = Array("\(prefix):log:cursors".utf8)
    generation = Array("\(prefix):log:generation".utf8)
  }
}
