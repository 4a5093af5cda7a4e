import ArgumentParser
import Ranking

/// Options about learning a correction of the blend from feedback: the parameters of FTRL-Proximal.
struct LearningArguments: ParsableArguments {
  @Option(help: "How fast learning begins, 0.000001 to 1 (alpha of FTRL-Proximal).")
  var learnRate = LearningRates().alpha

  @Option(help: "How much evidence a signal's rate waits for before it falls (beta).")
  var learnBeta = LearningRates().beta

  @Option(help: "How much evidence a signal's weight needs to differ from 0.")
  var learnL1 = LearningRates().l1

  @Option(help: "How strongly weights are drawn towards 0.")
  var learnL2 = LearningRates().l2

  var rates: LearningRates { LearningRates(alpha: learnRate, beta: learnBeta, l1: learnL1, l2: learnL2) }

  /// - Parameter flag: the one that turns learning on; rates without it are a mistake.
  func validate(isOn: Bool, flag: String) throws {
    if !isOn, rates != LearningRates() { throw ValidationError("--learn-… without \(flag)") }
    do throws(StepError) { try rates.check() } catch { throw ValidationError("--\(error)") }
  }
}
