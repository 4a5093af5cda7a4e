import Artifact
import Testing

@testable import Training

@Suite("Impressions")
struct ImpressionListTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func read(_ text: String, skips: Bool = false) throws -> ImpressionList {
    try folder.write("i.csv", text)
    return try ImpressionList.read(path: folder.path + "/i.csv", skipsBadRows: skips, progress: SilentProgress())
  }

  @Test("columns stand in any order; ids may hold dashes; times may be missing")
  func sound() throws {
    let list = try read(
      """
      candidates,user_id,impression_id,more
      7-1 a-b-0 9-0,alice,first,x
      8-0,5,second,y

      """)
    #expect(list.count == 2 && list.names == ["first", "second"] && list.times == [nil, nil])
    #expect(list.users == [EntityID.of("alice"), 5])
    #expect(list.tweets == [7, EntityID.of("a-b"), 9, 8])
    #expect(list.labels == [true, false, false, false] && list.longest == 3)
    #expect(try read("impression_id,user_id,timestamp,candidates\n1,2,1970-01-01T00:01:00Z,3-1\n").times == [60])
  }

  @Test("a candidate that stands twice counts once, as a positive if either is")
  func repeated() throws {
    let list = try read("impression_id,user_id,timestamp,candidates\n1,2,3,4-0 5-0 4-1\n")
    #expect(list.tweets == [4, 5] && list.labels == [true, false] && list.repeated == 1)
  }

  @Test(
    "a malformed row is refused with file, line and value",
    arguments: [
      ("1,2,3,4-2", "label", "4-2"), ("1,2,3,4-", "label", "4-"), ("1,2,3,4", "tweet_id-label", "4"),
      ("1,2,3,-1", "tweet_id-label", "-1"), ("1,2,3,", "no candidates", "i.csv"), ("1,,3,4-1", "empty", "user_id"),
      ("1,2,soon,4-1", "time", "soon"), (",2,3,4-1", "empty", "impression_id"),
    ])
  func malformed(_ row: String, _ reason: String, _ value: String) throws {
    let text = "impression_id,user_id,timestamp,candidates\n1,2,3,4-1\n\(row)\n"
    do {
      _ = try read(text)
      Issue.record("\(row) was taken")
    } catch let error as TrainingError {
      let message = "\(error)"
      #expect(message.contains("i.csv:3") && message.contains(reason) && message.contains(value), "\(message)")
    }
    let list = try read(text, skips: true)
    #expect(list.count == 1 && list.report.rowsSkipped == 1)
  }

  @Test("no file, no column, no row are errors")
  func empty() throws {
    #expect(throws: TrainingError.self) {
      try ImpressionList.read(path: folder.path + "/none.csv", progress: SilentProgress())
    }
    #expect(throws: TrainingError.self) { try read("impression_id,user_id,timestamp\n1,2,3\n") }
    #expect(throws: TrainingError.self) { try read("impression_id,user_id,timestamp,candidates\n") }
  }
}
