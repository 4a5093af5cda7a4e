/// Whose similarity it is.
package enum RatingSide: String, Sendable, CaseIterable {
  /// Users, by the items that both have rated.
  case users
  /// Items, by the users who have rated both.
  case items
}
