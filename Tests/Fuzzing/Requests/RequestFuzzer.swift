import FuzzSupport
import Wire
import WireSupport

/// Any payload of a frame: it is refused with what a bad message may get, or every promise about a call holds, and what
/// is decoded twice is answered in the same way.
///
/// Input: how much memory decoding may take, then the payload.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzRequests(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  var input = FuzzInput(bytes, count)
  let desk = RequestDesk.all[Int(input.byte()) % RequestDesk.all.count]
  if let broken = desk.promises.brokenPromise(of: desk.decoder.decode(input.rest), desk.arena) {
    fatalError("broken promise: \(broken)")
  }
  return 0
}

/// A decoder with its arena.
private struct RequestDesk {
  /// One as a server has it, and some with little room, where limits are met by small inputs.
  nonisolated(unsafe) static let all = [(2 << 20, 5_000, 4_096), (4_096, 8, 16), (700, 3, 4)].map(RequestDesk.init)

  let arena: RequestArena
  let decoder: RequestDecoder
  let promises: CallPromises

  private init(arenaBytes: Int, rows: Int, textBytes: Int) {
    var limits = Limits()
    limits.decodeArenaBytes = arenaBytes
    (limits.candidatesPerCall, limits.eventsPerCall, limits.textBytes) = (rows, rows, textBytes)
    arena = RequestArena(capacity: arenaBytes)
    decoder = RequestDecoder(limits: limits, arena: arena)
    promises = CallPromises(limits)
  }
}
