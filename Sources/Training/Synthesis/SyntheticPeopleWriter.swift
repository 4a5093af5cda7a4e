import Kernels

/// Writes the people and whom they follow.
struct SyntheticPeopleWriter {
  let people: SyntheticPeople
  let options: SyntheticWorld.Options

  func write(to folder: String, progress: TrainingProgress) throws(TrainingError) {
    try writeUsers(CSVWriter(path: folder + "/users.csv", header: ["user_id", "name", "interests"]))
    progress.finish(stage: "users", detail: "\(people.count) users")
    let graph = try CSVWriter(
      path: folder + "/user_graph.csv", header: ["src_user_id", "dst_user_id", "kind", "weight", "timestamp"])
    try writeGraph(graph, progress: progress)
    progress.finish(stage: "graph", detail: "\(graph.rowCount - 1) edges")
  }

  private func writeUsers(_ file: CSVWriter) throws(TrainingError) {
    let firstNames = SyntheticPhraseTable.firstNames
    let lastNames = SyntheticPhraseTable.lastNames
    for user in 0..<people.count {
      var interests: [String] = []
      for topic in people.person(user).interests {
        let name = SyntheticTopicTable.topics[topic].name
        if !interests.contains(name) { interests.append(name) }
      }
      // All pairs of names come in turn; the step is coprime to the number of last names.
      let lastName = lastNames[(user * 7 + user / firstNames.count) % lastNames.count]
      file.field(SyntheticPeople.key(user))
      file.field("\(firstNames[user % firstNames.count]) \(lastName)")
      file.field(interests.joined(separator: " "))
      try file.endRow()
    }
    try file.finish()
  }

  private func writeGraph(_ file: CSVWriter, progress: TrainingProgress) throws(TrainingError) {
    var random = SeededGenerator(seed: options.seed ^ 0x6772_6170)
    for user in 0..<people.count {
      if user % 1_000 == 0 { progress.update(stage: "graph", completed: user, total: people.count) }
      for other in people.followed(by: user) {
        try writeEdge(file, user, other, kind: "follow", weight: 1, &random)
        // Some of the followed are also passed on.
        if random.uniform() < 0.15 {
          try writeEdge(file, user, other, kind: "retweet", weight: 1 + random.below(4), &random)
        }
      }
    }
    try file.finish()
  }

  private func writeEdge(
    _ file: CSVWriter, _ user: Int, _ other: UInt32, kind: String, weight: Int, _ random: inout SeededGenerator
  ) throws(TrainingError) {
    file.field(SyntheticPeople.key(user))
    file.field(SyntheticPeople.key(Int(other)))
    file.field(kind)
    file.field(weight)
    file.field(options.startSeconds + Int64(random.below(Int(options.spanMillis / 1_000))))
    try file.endRow()
  }
}
