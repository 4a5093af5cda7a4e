import Artifact
import Glibc
import Ranking

/// What the state folder holds of an earlier run's learning, if it can be used.
struct SavedCorrection {
  private(set) var learner: FTRLProximal?
  private(set) var updates: UInt64 = 0
  /// Whether the file was learned for another model.
  private(set) var isAnothers = false
  /// Why it cannot, in one sentence; nil also where there is nothing.
  private(set) var note: String?

  init(path: String, model: Model, rates: LearningRates) {
    if access(path, F_OK) != 0, errno == ENOENT { return }
    do {
      let tensors = try TensorSet.read(path: path)
      if let found = try FTRLProximal.restored(from: tensors, for: model, rates: rates) {
        (learner, updates) = (found.learner, found.updates)
      } else {
        isAnothers = true
        note = "\(path) was learned for another model; learning begins anew"
      }
    } catch {
      note = "\(path) cannot be used: \(error); learning begins anew"
    }
  }
}
