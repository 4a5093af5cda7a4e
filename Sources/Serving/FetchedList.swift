import Ranking
import Wire

/// What came of asking the store for a user's list; goes with the call when it is taken up again.
final class FetchedList {
  /// The list, whatever its model; nil where there is none.
  private let list: StoredRecommendations?
  /// Why there is none.
  private let reason: ComputeReason

  /// No list, for this reason.
  init(_ reason: ComputeReason) {
    (list, self.reason) = (nil, reason)
  }

  /// The store's answer, read.
  init(_ answer: StoreAnswer) {
    switch answer {
    case .missing: (list, reason) = (nil, .miss)
    case .unavailable: (list, reason) = (nil, .storeDown)
    case .found(let bytes):
      list = StoredRecommendations(bytes)
      reason = list == nil ? .damaged : .none
    }
  }

  /// The list, if it is one of the model with this hash: which need not be the model that was served when it was asked for.
  func list(ofModel hash: UInt64) -> (list: StoredRecommendations?, reason: ComputeReason) {
    guard let list, list.modelHash != hash else { return (list, reason) }
    return (nil, .staleModel)
  }
}
