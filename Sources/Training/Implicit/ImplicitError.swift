/// Why a model of implicit feedback could not be made. Every description names the offending value.
package enum ImplicitError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The columns of the interactions differ in length.
  case unequalColumns(users: Int, items: Int, values: Int)
  /// An interaction names a user or item that is not there.
  case badPlace(interaction: Int, user: UInt32, item: UInt32, userCount: Int, itemCount: Int)
  /// A value that is NaN or infinite, or a negative one where the method takes its root.
  case badValue(user: Int, item: Int, value: Float, reason: String)
  /// There is nothing to learn from.
  case noInteractions
  /// A setting outside its range.
  case badSetting(name: String, value: String, reason: String)
  /// Factors to begin with of the wrong size.
  case badStart(rows: Int, expected: Int)
  /// The normal equations of a row have no unique solution in floating point.
  case singular(side: String, row: Int, regularization: Double)
  /// A factor became NaN or infinite.
  case diverged(side: String, row: Int)

  /// One line for people.
  package var description: String {
    switch self {
    case .unequalColumns(let users, let items, let values):
      "interaction columns differ in length: \(users) users, \(items) items, \(values) values"
    case .badPlace(let interaction, let user, let item, let userCount, let itemCount):
      "interaction \(interaction) is of user \(user) with item \(item); there are \(userCount) users, \(itemCount) items"
    case .badValue(let user, let item, let value, let reason):
      "user \(user) with item \(item) has the value \(value): \(reason)"
    case .noInteractions: "no interactions to learn from"
    case .badSetting(let name, let value, let reason): "setting \(name) = \(value): \(reason)"
    case .badStart(let rows, let expected): "\(rows) numbers to begin with; \(expected) were expected"
    case .singular(let side, let row, let regularization):
      "the equations of \(side) \(row) are singular with regularization \(regularization); choose a larger one"
    case .diverged(let side, let row): "the factors of \(side) \(row) are no numbers any more"
    }
  }
}
