import Ranking
import Wire

/// What came of asking the store for a user's list; goes with the call when it is taken up again.
final class FetchedList {
  /// The list, whatever its model; nil where there is none.
  let list: StoredRecommendations?
  /// Why there is none.
  let reason: ComputeReason

  /// No list, for this reason.
  init(_ reason: ComputeReason) {
    (list, self.reason) = (nil, reason)
  }

  /// The store's answer, read; a list of a model with another hash is none.
  init(_ answer: StoreAnswer, modelHash: UInt64) {
    switch answer {
    case .missing: (list, reason) = (nil, .miss)
    case .unavailable: (list, reason) = (nil, .storeDown)
    case .found(let bytes):
      let read = StoredRecommendations(bytes)
      if let read, read.modelHash == modelHash {
        (list, reason) = (read, .none)
      } else {
        (list, reason) = (nil, read == nil ? .damaged : .staleModel)
      }
    }
  }
}
