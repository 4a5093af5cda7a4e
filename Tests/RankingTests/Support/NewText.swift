/// A candidate sent with its text, owning the text.
struct NewText {
  var id: UInt64
  var author: UInt64 = 0
  var caller: Float = 0
  var text: String
}
