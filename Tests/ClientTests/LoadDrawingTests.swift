import ApusClient
import Foundation
import Testing

@testable import apus_load

/// What apus-load sends, and when.
@Suite struct LoadDrawingTests {
  @Test("the threads' arrivals together are the constant rate, without drift")
  func arrivals() {
    var all: [Int64] = []
    for thread in 0..<3 {
      var arrivals = Arrivals(start: 1000, rate: 3_333, thread: thread, threads: 3)
      for _ in 0..<10_000 {
        all.append(arrivals.next)
        arrivals.advance()
      }
    }
    for (index, arrival) in all.sorted().enumerated() {
      #expect(abs(Double(arrival - 1000) - Double(index) * 1e9 / 3_333) <= 0.5)
    }
  }

  @Test("drawn candidates are distinct, from the source, and equal for equal seeds")
  func distinct() throws {
    let list = (0..<100).map { UInt64($0 * 7) }
    let range = try #require(IDRange("10-109"))
    for count in [0, 1, 50, 99, 100] {
      for seed in 0..<UInt64(20) {
        var first = SplitMix(seed: seed)
        var second = SplitMix(seed: seed)
        let fromList = IDSource.list(list).drawDistinct(count, using: &first)
        #expect(fromList == IDSource.list(list).drawDistinct(count, using: &second))
        #expect(fromList.count == count && Set(fromList).count == count && Set(fromList).isSubset(of: list))
        let fromRange = IDSource.range(range).drawDistinct(count, using: &first)
        #expect(Set(fromRange).count == count && fromRange.allSatisfy { (10...109).contains($0) })
      }
    }
  }

  @Test("a source that is too small is used up and filled with unknown ids")
  func small() throws {
    var generator = SplitMix(seed: 3)
    let drawn = IDSource.list([5, 6]).drawDistinct(10, using: &generator)
    #expect(Set(drawn).count == 10 && Set(drawn).isSuperset(of: [5, 6]))
    #expect(Set(IDSource.anything.drawDistinct(10, using: &generator)).count == 10)
    let everything = try #require(IDRange("0-\(UInt64.max)"))
    #expect(Set(IDSource.range(everything).drawDistinct(10, using: &generator)).count == 10)
  }

  @Test("every id of a source is drawn about equally often")
  func uniform() {
    var generator = SplitMix(seed: 9)
    var counts = [Int](repeating: 0, count: 10)
    for _ in 0..<10_000 {
      for id in IDSource.list(Array(0..<10)).drawDistinct(3, using: &generator) { counts[Int(id)] += 1 }
    }
    // 3,000 expected; the deviation of one count is about 46.
    #expect(counts.allSatisfy { (2770...3230).contains($0) }, "\(counts)")
  }

  @Test("a pool's requests have the candidates and the texts that were asked for")
  func pool() {
    let texts = [Array("one text".utf8), Array("other".utf8)]
    let pool = RequestPool(
      candidates: 40, newTextShare: 0.25, explains: true, users: .list([9]), tweets: .list(Array(0..<1000)),
      texts: texts, seed: 4)
    #expect(pool.count >= 16)
    for index in [0, 1, pool.count - 1, pool.count] {
      let request = pool[index]
      #expect(request.user_id == 9 && request.tweet_count == 30 && request.new_tweet_count == 10 && request.explain)
      #expect(Set(UnsafeBufferPointer(start: request.tweet_ids, count: 30)).count == 30)
      for tweet in UnsafeBufferPointer(start: request.new_tweets, count: 10) {
        #expect(texts.contains(Array(UnsafeRawBufferPointer(start: tweet.text, count: tweet.text_length))))
      }
    }
  }

  @Test("a file of keys gives each key's id once")
  func keys() throws {
    let path = FileManager.default.temporaryDirectory.path + "/apus-keys-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try Data("17\r\nalice\n\n17\nno newline".utf8).write(to: URL(fileURLWithPath: path))
    #expect(try KeyFile.read(path) == [17, 0x73A3_EA48_5F2E_6049, apus_id("no newline", 10)])
    try Data("\n\n".utf8).write(to: URL(fileURLWithPath: path))
    #expect(throws: LoadError.self) { try KeyFile.read(path) }
    #expect(throws: LoadError.self) { try KeyFile.read(path + "-absent") }
  }

  @Test("a set of descriptors holds what was inserted and leaves out what cannot be")
  func descriptors() {
    var set = DescriptorSet()
    for descriptor: Int32 in [-1, 0, 63, 64, 1023, 1024] { set.insert(descriptor) }
    #expect((Int32(-2)..<1100).filter { set.contains($0) } == [0, 63, 64, 1023])
    var other = DescriptorSet()
    other.insert(5)
    #expect((Int32(0)..<100).filter { set.union(other).contains($0) } == [0, 5, 63, 64])
  }
}
