import Testing

@testable import apus_load

/// When calls arrive, and what options say about it.
@Suite struct LoadProfileTests {
  /// The arrivals of all threads together, sorted, in seconds.
  private static func arrivals(_ profile: Profile, threads: Int, seed: UInt64? = nil) -> [Double] {
    var all: [Double] = []
    for thread in 0..<threads {
      var arrivals = Arrivals(profile: profile, start: 1000, thread: thread, threads: threads, seed: seed)
      while let next = arrivals.next {
        all.append(Double(next - 1000) / 1e9)
        arrivals.advance()
      }
    }
    return all.sorted()
  }

  @Test("the threads' arrivals together are the constant rate, without drift", arguments: [1, 2, 3, 7])
  func constant(threads: Int) throws {
    let all = Self.arrivals(try Profile("9s@3333"), threads: threads)
    #expect(all.count == 29_997)
    for (index, arrival) in all.enumerated() { #expect(abs(arrival - Double(index) / 3333) <= 2e-9) }
  }

  @Test("a profile's pieces have the calls that their rates say, whatever their order")
  func pieces() throws {
    let profile = try Profile("1s@100,step 2s@0,500ms@1000,ramp 2s@0..400,1s@400..0")
    #expect(profile.seconds == 6.5 && profile.calls == 1200)
    let all = Self.arrivals(profile, threads: 3)
    #expect(all.count == 1200)
    for (from, to, calls) in [(0.0, 1.0, 100), (1, 3, 0), (3, 3.5, 500), (3.5, 5.5, 400), (5.5, 6.5, 200)] {
      let found = all.count { $0 >= from - 1e-9 && $0 < to - 1e-9 }
      #expect(abs(found - calls) <= 1, "\(found) instead of \(calls) from \(from) to \(to)")
    }
    // Up to the middle of a ramp from 0 a quarter of its calls has come.
    #expect(abs(all.count { $0 >= 3.5 && $0 < 4.5 } - 100) <= 1)
  }

  @Test("times are the inverse of the expected number of arrivals", arguments: 0..<20)
  func inverse(seed: UInt64) throws {
    var dice = SplitMix(seed: seed)
    let pieces = (0..<5).map { _ in
      Profile.Piece(
        seconds: Double.random(in: 0.01...3, using: &dice),
        from: Profile.Rate(value: Double.random(in: 0...500, using: &dice), isMultiple: false),
        to: Profile.Rate(value: Double.random(in: 0...500, using: &dice), isMultiple: false))
    }
    let profile = Profile(pieces: pieces)
    var before = -1.0
    for step in 0..<1000 {
      let count = profile.calls * Double(step) / 1000
      let time = try #require(profile.time(ofCount: count))
      #expect(time >= before && time <= profile.seconds)
      before = time
      // The integral of the rate up to that time, by its own formula.
      var rest = time
      var sum = 0.0
      for piece in pieces {
        let part = min(rest, piece.seconds)
        sum += piece.from.value * part + (piece.to.value - piece.from.value) / piece.seconds * part * part / 2
        rest -= part
      }
      #expect(abs(sum - count) < 1e-6 * max(1, profile.calls))
    }
    #expect(profile.time(ofCount: profile.calls + 1) == nil)
  }

  @Test("a Poisson process has the rate, and distances that scatter as an exponential variate's")
  func poisson() throws {
    for threads in [1, 3] {
      let all = Self.arrivals(try Profile("40s@500"), threads: threads, seed: 11)
      // 20,000 expected, with a standard deviation of 141.
      #expect((19_300...20_700).contains(all.count), "\(all.count)")
      let gaps = zip(all.dropFirst(), all).map { $0 - $1 }
      let mean = gaps.reduce(0, +) / Double(gaps.count)
      let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
      #expect(abs(variance.squareRoot() / mean - 1) < 0.05, "coefficient of variation \(variance.squareRoot() / mean)")
      #expect(all == Self.arrivals(try Profile("40s@500"), threads: threads, seed: 11))
      #expect(all != Self.arrivals(try Profile("40s@500"), threads: threads, seed: 12))
    }
    // On a ramp from 0 a quarter of the calls comes in the first half: 5,000, with a deviation of 71.
    let ramp = Self.arrivals(try Profile("20s@0..2000"), threads: 2, seed: 5)
    #expect((4_600...5_400).contains(ramp.count { $0 < 10 }))
  }

  @Test("profiles are read as they are written")
  func reading() throws {
    let profile = try Profile("10s@1000,ramp 500ms@0.5x..3x,2m@1.5")
    #expect(profile.pieces.map(\.seconds) == [10, 0.5, 120] && profile.hasMultiples)
    let known = profile.resolved(saturation: 200)
    #expect(known.pieces.map(\.from.value) == [1000, 100, 1.5] && known.pieces.map(\.to.value) == [1000, 600, 1.5])
    #expect(!known.hasMultiples)
    #expect(known.warmedUp(seconds: 3).pieces.map(\.seconds) == [3, 10, 0.5, 120])
    #expect(try CallStream("sheddable=1s@5").callClass == .sheddable && CallStream("1s@5").callClass == nil)
    for wrong in [
      "", "10s", "10s@", "@5", "s@5", "10@5", "-1s@5", "10s@-5", "10s@5..", "10s@5...6", "10s@1e9", "10s@nan", "0s@5",
      "1s@5,", "walk 1s@5", "90000s@1", "10s@5xx", "infs@1",
    ] {
      #expect(throws: LoadError.self, "\(wrong)") { try Profile(wrong) }
    }
  }

  @Test("a mix draws its values by their weights")
  func mix() throws {
    let mix = try Mix("1:8,2:0,3:2") { Int($0) }
    var dice = SplitMix(seed: 1)
    var counts = [0, 0, 0, 0]
    for _ in 0..<10_000 { counts[mix.draw(using: &dice)] += 1 }
    // The deviation of a count is 40.
    #expect(counts[2] == 0 && abs(counts[3] - 2000) < 200, "\(counts)")
    #expect(abs(mix.mean(Double.init) - 1.4) < 1e-12 && mix.text(String.init) == "1:8,2:0,3:2")
    for wrong in ["", "1:", ":1", "1:-1", "1:0", "1:1:1", "1,", "x", "1:inf"] {
      #expect(throws: LoadError.self, "\(wrong)") { try Mix(wrong) { Int($0) } }
    }
  }
}
