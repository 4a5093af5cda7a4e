/// How many connections misbehave beside the run, and how.
struct HostilePlan: Codable, Sendable {
  var slowReaders = 0
  var tricklers = 0
  var garbage = 0
  var pingFloods = 0

  var connections: Int { slowReaders + tricklers + garbage + pingFloods }
}
