/// Arrivals of an open loop: how many a second, and of which class.
struct CallStream: Codable, Sendable, Equatable {
  /// nil: drawn from the plan's mix for every call.
  let callClass: CallClass?
  let profile: Profile

  init(callClass: CallClass? = nil, profile: Profile) {
    self.callClass = callClass
    self.profile = profile
  }

  /// `PROFILE`, or `CLASS=PROFILE`.
  init(_ text: String) throws(LoadError) {
    guard let sign = text.firstIndex(of: "=") else {
      self.init(profile: try Profile(text))
      return
    }
    guard let named = CallClass(name: text[..<sign]) else {
      throw .option("'\(text[..<sign])' is not a class: default, critical or sheddable")
    }
    self.init(callClass: named, profile: try Profile(String(text[text.index(after: sign)...])))
  }

  func resolved(saturation: Double) -> CallStream {
    CallStream(callClass: callClass, profile: profile.resolved(saturation: saturation))
  }
}
