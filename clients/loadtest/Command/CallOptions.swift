import ArgumentParser

struct CallOptions: ParsableArguments {
  @Option(help: "Candidates in a call; 50:9,1000:1 draws 50 nine times as often as 1000.")
  var candidates = "500"

  @Option(help: "Milliseconds that a call may take, from its arrival; several with weights, as for candidates.")
  var budget = "200"

  @Option(help: "How much calls matter: default, critical or sheddable; several with weights, as for candidates.")
  var classes = "default"

  @Option(help: "The share of candidates, 0 to 1, that are sent as unknown tweets with their text.")
  var newTextShare = 0.0

  @Option(help: "A file of user keys, one a line.")
  var usersFrom: String?

  @Option(help: "A file of tweet keys, one a line.")
  var tweetsFrom: String?

  @Option(help: "Draw ids from A-B where no file says otherwise, instead of asking the server for its tweets.")
  var idRange: String?

  @Option(help: "The seed of all drawing.")
  var seed: UInt64 = 42

  @Flag(help: "Ask for every signal's contribution.")
  var explain = false

  func validate() throws {
    try require((0...1).contains(newTextShare), "--new-text-share \(newTextShare) is not between 0 and 1")
    try validating { () throws(LoadError) in
      _ = try candidatesMix()
      _ = try budgetMix()
      _ = try classMix()
      _ = try source()
    }
  }

  func candidatesMix() throws(LoadError) -> Mix<Int> {
    try Mix(candidates) { Int($0).flatMap { (0...1_000_000).contains($0) ? $0 : nil } }
  }

  func budgetMix() throws(LoadError) -> Mix<UInt32> {
    try Mix(budget) { UInt32($0).flatMap { (1...3_600_000).contains($0) ? $0 : nil } }
  }

  func classMix() throws(LoadError) -> Mix<CallClass> { try Mix(classes) { CallClass(name: $0) } }

  func source() throws(LoadError) -> LoadPlan.Source {
    let range = idRange.flatMap(IDRange.init)
    if let idRange, range == nil { throw .option("--id-range \(idRange) is not A-B with A ≤ B") }
    return LoadPlan.Source(
      usersPath: usersFrom, tweetsPath: tweetsFrom, range: range, newTextShare: newTextShare, seed: seed)
  }
}
