import Synchronization

/// Something that is so from some moment on; any thread may say so, and ask.
package final class Flag: Sendable {
  private let state = Atomic(false)

  package init() {}

  package var isRaised: Bool { state.load(ordering: .acquiring) }
  package func raise() { state.store(true, ordering: .releasing) }
}
