import Artifact

/// Files that say something else than what was learned.
enum TensorSetForge {
  /// A set with the same metadata and no tensors; another model's where `version` is given.
  static func copy(_ tensors: TensorSet, version: String?) -> TensorSet {
    let forged = TensorSet()
    forged.metadata = tensors.metadata
    if let version { forged.metadata["model_version"] = version }
    return forged
  }
}
