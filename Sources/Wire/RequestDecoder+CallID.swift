extension RequestDecoder {
  /// How many top-level fields ``callID(of:)`` looks at. A call whose id stands behind more of them is refused: nothing
  /// could be said about it before its turn.
  public static let fieldsBeforeCallID = CallScan.fieldLimit

  /// The id that a payload claims, read without decoding the rest; 0 where there is none.
  ///
  /// For telling calls apart before their turn comes. - Complexity: O(top-level fields), bounded.
  public static func callID(of payload: UnsafeRawBufferPointer) -> UInt64 { CallScan(payload).callID }
}
