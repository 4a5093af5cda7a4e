#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What every reply of one model and policy says alike: made once when they are loaded, shared by all workers.
///
/// The strings are held as C strings, which is how protobuf-c takes them, so that a reply copies none to the heap.
public final class RankContext: @unchecked Sendable {
  /// The version of the model.
  public let modelVersion: String
  /// The bandit policy and its version.
  public let policyVersion: String
  /// Columns of an explanation: the signals, then the steps.
  public let signalNames: [String]

  let modelVersionText: UnsafeMutablePointer<CChar>?
  let policyVersionText: UnsafeMutablePointer<CChar>?
  /// One C string a signal.
  let signalNameTexts: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>

  /// Copies the strings; at most 64 signals, since ``Degradation`` names them by bits.
  public init(modelVersion: String, policyVersion: String, signalNames: [String]) {
    precondition(signalNames.count <= 64, "\(signalNames.count) signals; Degradation can name 64")
    self.modelVersion = modelVersion
    self.policyVersion = policyVersion
    self.signalNames = signalNames
    modelVersionText = strdup(modelVersion)
    policyVersionText = strdup(policyVersion)
    signalNameTexts = .allocate(capacity: max(signalNames.count, 1))
    for (index, name) in signalNames.enumerated() { (signalNameTexts + index).initialize(to: strdup(name)) }
  }

  deinit {
    free(modelVersionText)
    free(policyVersionText)
    for index in signalNames.indices { free(signalNameTexts[index]) }
    signalNameTexts.deallocate()
  }
}
