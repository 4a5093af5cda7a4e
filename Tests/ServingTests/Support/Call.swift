import ServerSupport

/// A call as a client writes it: its payload, and the frame around that.
struct Call {
  /// The budget of calls in tests of something else, which must not fail on a machine that is busy.
  static let patientMillis: UInt64 = 600_000

  let payload: [UInt8]

  /// The length prefix and the payload.
  var frame: [UInt8] { Self.prefix(payload.count) + payload }

  static func prefix(_ length: Int) -> [UInt8] { withUnsafeBytes(of: UInt32(length).bigEndian) { Array($0) } }

  init(payload: [UInt8]) { self.payload = payload }

  /// A call with the fields that all methods share.
  init(_ id: UInt64, budgetMillis: UInt64? = Call.patientMillis, _ fill: (inout MessageWriter) -> Void) {
    payload = MessageWriter.make { call in
      call.varint(1, id)
      if let budgetMillis { call.varint(2, budgetMillis) }
      fill(&call)
    }
  }

  static func rank(
    _ id: UInt64, user: UInt64, _ tweets: [UInt64], budgetMillis: UInt64? = Call.patientMillis, explains: Bool = false
  ) -> Call {
    Call(id, budgetMillis: budgetMillis) { call in
      call.message(16) { rank in
        rank.fixed64(1, user)
        rank.column(2, tweets)
        if explains { rank.varint(7, 1) }
      }
    }
  }

  static func recommend(
    _ id: UInt64, user: UInt64, limit: UInt64 = 0, includesText: Bool = false, includesNames: Bool = false,
    budgetMillis: UInt64? = Call.patientMillis
  ) -> Call {
    Call(id, budgetMillis: budgetMillis) { call in
      call.message(17) { recommend in
        recommend.fixed64(1, user)
        recommend.varint(2, limit)
        recommend.varint(3, includesText ? 1 : 0)
        recommend.varint(4, includesNames ? 1 : 0)
      }
    }
  }

  static func similar(
    _ id: UInt64, tweet: UInt64, text: String = "", limit: UInt64 = 0, includesText: Bool = false,
    includesNames: Bool = false
  ) -> Call {
    Call(id) { call in
      call.message(18) { similar in
        similar.fixed64(1, tweet)
        similar.payload(2, Array(text.utf8))
        similar.varint(3, limit)
        similar.varint(4, includesText ? 1 : 0)
        similar.varint(5, includesNames ? 1 : 0)
      }
    }
  }

  static func top(
    _ id: UInt64, order: UInt64 = 0, limit: UInt64 = 0, includesText: Bool = false, includesNames: Bool = false,
    budgetMillis: UInt64? = Call.patientMillis
  ) -> Call {
    Call(id, budgetMillis: budgetMillis) { call in
      call.message(19) { top in
        top.varint(1, order)
        top.varint(2, limit)
        top.varint(3, includesText ? 1 : 0)
        top.varint(4, includesNames ? 1 : 0)
      }
    }
  }

  /// Events of one type, one for each tweet, all by user 1.
  static func record(_ id: UInt64, _ tweets: [UInt64], type: UInt8 = 3) -> Call {
    Call(id) { call in
      call.message(20) { record in
        record.column(1, tweets.map { _ in UInt64(1) })
        record.column(2, tweets)
        if !tweets.isEmpty { record.payload(3, tweets.map { _ in type }) }
      }
    }
  }

  /// Events on tweets that a ranking showed to a user, at a time or, with 0, now.
  static func record(
    _ id: UInt64, _ tweets: [UInt64], types: [UInt8], request: UInt64, user: UInt64, time: UInt64 = 0
  ) -> Call {
    Call(id) { call in
      call.message(20) { record in
        record.column(1, tweets.map { _ in user })
        record.column(2, tweets)
        record.payload(3, types)
        record.column(4, tweets.map { _ in time })
        record.column(5, tweets.map { _ in request })
      }
    }
  }

  /// Sets what events of these types are worth; none only asks.
  static func setRewards(_ id: UInt64, _ types: [UInt64] = [], _ weights: [Double] = []) -> Call {
    Call(id) { call in call.message(22) { if !types.isEmpty { $0.rewards(types, weights) } } }
  }

  static func ping(_ id: UInt64) -> Call { Call(id) { $0.payload(24, []) } }

  static func authenticate(_ id: UInt64, _ token: [UInt8]) -> Call {
    Call(id) { call in call.message(25) { $0.payload(1, token) } }
  }

  static func describe(_ id: UInt64, budgetMillis: UInt64? = Call.patientMillis) -> Call {
    Call(id, budgetMillis: budgetMillis) { $0.payload(21, []) }
  }

  /// The same call followed by an unknown field, which is skipped, so that its payload has so many bytes: some hundreds
  /// or thousands more than it has.
  func padded(to byteCount: Int) -> Call {
    // Tag and length of the field have two bytes each.
    let filling = [UInt8](repeating: 7, count: byteCount - payload.count - 4)
    return Call(payload: payload + MessageWriter.make { $0.payload(100, filling) })
  }
}
