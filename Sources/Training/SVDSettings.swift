import Kernels

/// What matrix factorisation learns and how: the parameters of `surprise.SVD`, with its defaults.
package struct SVDSettings: Sendable, Equatable {
  /// `n_factors`: length of a factor vector, at least 1.
  package var factors = 100
  /// `biased`: whether there are a mean and biases; without them a score is p · q alone.
  package var isBiased = true
  /// `init_mean`: mean of the factors before the first epoch.
  package var initialMean = 0.0
  /// `init_std_dev`: their standard deviation, at least 0.
  package var initialDeviation = 0.1
  /// `lr_bu`, `lr_bi`, `lr_pu`, `lr_qi`: the steps of gradient descent.
  package var rates = FactorTerms(all: 0.005)
  /// `reg_bu`, `reg_bi`, `reg_pu`, `reg_qi`: the weights of the L2 penalty.
  package var penalties = FactorTerms(all: 0.02)

  /// Surprise's defaults.
  package init() {}
}
