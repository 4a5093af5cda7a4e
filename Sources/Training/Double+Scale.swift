extension Double {
  /// A predicted rating held within the scale of ratings, as Surprise's `predict(clip=True)` does; as there, the upper
  /// bound for NaN.
  package func clipped(to scale: ClosedRange<Double>) -> Double {
    Swift.max(scale.lowerBound, Swift.min(scale.upperBound, self))
  }
}
