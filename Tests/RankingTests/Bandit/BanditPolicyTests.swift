import Testing

@testable import Ranking

/// What the served policy adds to a score.
@Suite struct BanditPolicyTests {
  @Test("The term is the shrunk mean, the sum, or nothing, times the weight")
  func terms() {
    let mean = BanditPolicy(weight: 2, priorTrials: 10)
    let classic = BanditPolicy(exploits: .classic, weight: 2)
    let off = BanditPolicy(exploits: .off, weight: 2)
    #expect(mean.term(trials: 10, rewards: 5) == 0.5)
    #expect(classic.term(trials: 10, rewards: 5) == 10)
    #expect(off.term(trials: 10, rewards: 5) == 0)
    for policy in [mean, classic, off] {
      #expect(policy.term(trials: 0, rewards: 0) == 0)
      #expect(policy.term(trials: 1, rewards: .nan) == 0)
      #expect(policy.term(trials: 1, rewards: .infinity) == 0)
      #expect(policy.term(trials: 1, rewards: .greatestFiniteMagnitude).isFinite)
    }
  }

  @Test("Sums lock in on what was shown most where means do not")
  func classicLocksIn() {
    let often = (trials: UInt32(1000), rewards: Float(50))
    let good = (trials: UInt32(50), rewards: Float(25))
    for (policy, prefersOften) in [(BanditPolicy(exploits: .classic), true), (BanditPolicy(), false)] {
      let difference =
        policy.term(trials: often.trials, rewards: often.rewards)
        - policy.term(trials: good.trials, rewards: good.rewards)
      #expect((difference > 0) == prefersOften)
    }
  }

  @Test("Every policy has a version of its own, and that of means is unchanged")
  func versions() {
    let versions = BanditPolicy.Exploits.allCases.map { BanditPolicy(exploits: $0).version }
    #expect(Set(versions).count == versions.count)
    #expect(versions[0] == "epsilon-greedy-mean/epsilon=0.05,slot=3,weight=5.0,prior=10.0")
  }
}
