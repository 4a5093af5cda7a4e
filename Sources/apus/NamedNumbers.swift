import ArgumentParser

/// `like=1,reply=2`: numbers by name, as several options take them.
enum NamedNumbers {
  /// Nothing for nil; throws for what is no finite number, or a name that comes twice.
  static func parse<Number: BinaryFloatingPoint & LosslessStringConvertible>(
    _ text: String?, flag: String
  ) throws -> [String: Number] {
    var numbers: [String: Number] = [:]
    for part in (text ?? "").split(separator: ",") {
      let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2, let number = Number(sides[1]), number.isFinite else {
        throw ValidationError("\(flag) \(part) is not type=number, such as reply=2")
      }
      guard numbers.updateValue(number, forKey: sides[0]) == nil else {
        throw ValidationError("\(flag) names \(sides[0]) twice")
      }
    }
    return numbers
  }
}
