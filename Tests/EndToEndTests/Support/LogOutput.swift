/// What `apus evaluate --log --json` prints, as far as tests look at it.
struct LogOutput: Decodable {
  struct Interval: Decodable {
    let value: Double
    let low: Double
    let high: Double
  }
  struct Estimate: Decodable {
    let reward: Interval
    let difference: Interval
  }
  struct Support: Decodable {
    let gaps: [String]
    let effective_sample_size: Double
    let impossible: Double
  }
  struct Line: Decodable {
    let support: Support
    let logged: Interval
    let estimates: [String: Estimate]?
  }
  struct Result: Decodable {
    let lists: Int
    let total: Line
    let positions: [Line]
  }
  struct Joined: Decodable {
    let same_scores: Int
    let scored: Int
    let events: Int
  }
  struct Log: Decodable {
    let joined: Joined
    let policies: [String: Int]
    let unmatched: Int
  }
  let conclusion: String
  let log: Log
  let result: Result
}
