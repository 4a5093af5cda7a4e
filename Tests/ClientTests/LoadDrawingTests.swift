import ApusClient
import Foundation
import Testing

@testable import apus_load

/// What apus-load sends, and when.
@Suite struct LoadDrawingTests {
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
      RequestPool.Ingredients(
        candidates: Mix(40), newTextShare: 0.25, explains: true, users: .list([9]), tweets: .list(Array(0..<1000)),
        texts: texts), seed: 4)
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

  @Test("a mix of list lengths is drawn as often as its weights say, each request with its own candidates")
  func lengths() throws {
    let mix = try Mix("3:3,200:1") { Int($0) }
    let pool = RequestPool(
      RequestPool.Ingredients(
        candidates: mix, newTextShare: 0, explains: false, users: .anything, tweets: .list(Array(0..<1000)), texts: []),
      seed: 8)
    let counts = (0..<pool.count).map { pool[$0].tweet_count }
    #expect(counts.allSatisfy { [3, 200].contains($0) })
    // 4,096 requests at most and 1,024 at least: the share of long ones deviates by 0.014 at most.
    #expect(abs(Double(counts.count { $0 == 200 }) / Double(counts.count) - 0.25) < 0.07)
    for index in 0..<pool.count {
      let ids = UnsafeBufferPointer(start: pool[index].tweet_ids, count: pool[index].tweet_count)
      #expect(Set(ids).count == ids.count && ids.allSatisfy { $0 < 1000 })
    }
  }

  @Test("sockets are waited for, also those whose numbers no fd_set holds")
  func sockets() throws {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    for least: Int32 in [0, 1500] {
      var ends: [Int32] = [0, 0]
      try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
      let moved = fcntl(ends[0], F_DUPFD, least)
      try #require(moved >= least)
      defer { for socket in ends + [moved] { close(socket) } }
      var set = PollSet()
      set.add(-1, writes: true)
      set.add(moved, writes: false)
      set.wait(nanos: 0)
      #expect(!set.isReady(0) && !set.isReady(1) && !set.isReady(2))
      #expect(send(ends[1], "x", 1, 0) == 1)
      set.removeAll()
      set.add(-1, writes: true)
      set.add(moved, writes: false)
      set.wait(nanos: 10_000_000_000)
      #expect(!set.isReady(0) && set.canRead(1))
      set.removeAll()
      set.add(moved, reads: false, writes: true)
      set.wait(nanos: 10_000_000_000)
      #expect(set.isReady(0) && !set.canRead(0))
    }
  }
}
