/// The sessions of one worker: by id, and in a list that is gone through in slices, so that ten thousand connections'
/// clocks do not hold up anybody's call.
struct SessionRoster {
  private var byID: [UInt64: Session] = [:]
  private var list: [Session] = []
  private var next = 0

  var isEmpty: Bool { list.isEmpty }
  var count: Int { list.count }
  /// All sessions, in any order, as they are now.
  var all: [Session] { list }

  subscript(id: UInt64) -> Session? { byID[id] }

  mutating func add(_ session: Session) {
    session.place = list.count
    list.append(session)
    byID[session.id] = session
  }

  mutating func remove(_ session: Session) {
    guard byID.removeValue(forKey: session.id) != nil else { return }
    let last = list.removeLast()
    guard last !== session else { return }
    last.place = session.place
    list[session.place] = last
  }

  /// Hands out a part of the list, the next one each time: after `parts` times every session that stayed had its turn,
  /// or has it a little later where others left.
  mutating func visitSlice(of parts: Int, _ body: (Session) -> Void) {
    let size = (list.count + parts - 1) / parts
    for _ in 0..<size {
      if next >= list.count { next = 0 }
      guard !list.isEmpty else { return }
      let session = list[next]
      next += 1
      body(session)
    }
  }
}
