/// One value for each ``CallTicket/Rank``, in place: asked for every call, it takes no memory of the heap.
struct PerRank<Value> {
  private var critical: Value
  private var ordinary: Value
  private var sheddable: Value

  /// The same value for each.
  init(_ value: Value) { (critical, ordinary, sheddable) = (value, value, value) }

  subscript(rank: CallTicket.Rank) -> Value {
    get {
      switch rank {
      case .critical: critical
      case .ordinary: ordinary
      case .sheddable: sheddable
      }
    }
    _modify {
      switch rank {
      case .critical: yield &critical
      case .ordinary: yield &ordinary
      case .sheddable: yield &sheddable
      }
    }
  }
}

extension PerRank where Value: AdditiveArithmetic {
  /// The sum of those that matter as much as `rank`, or more.
  func sum(through rank: CallTicket.Rank) -> Value {
    switch rank {
    case .critical: critical
    case .ordinary: critical + ordinary
    case .sheddable: critical + ordinary + sheddable
    }
  }
}

extension PerRank: Equatable where Value: Equatable {}
