import Kernels

/// Composes tweets: a sentence whose gaps are filled with the words of a topic, then perhaps hashtags and a link.
struct SyntheticPhrases {
  enum Gap {
    case thing, capitalThing, group, doing, adjective, subject, mention, number, link
  }

  private enum Piece {
    case literal([UInt8])
    case gap(Gap)
  }

  /// The words of a topic as UTF-8.
  private struct Words {
    var subject: [UInt8]
    var things: [[UInt8]]
    var capitalThings: [[UInt8]]
    var groups: [[UInt8]]
    var doings: [[UInt8]]
    var adjectives: [[UInt8]]
    var hashtags: [[UInt8]]

    init(_ topic: SyntheticTopic) {
      subject = Array(topic.subject.utf8)
      things = topic.things.map { Array($0.utf8) }
      capitalThings = topic.things.map { Array(($0.prefix(1).uppercased() + $0.dropFirst()).utf8) }
      groups = topic.groups.map { Array($0.utf8) }
      doings = topic.doings.map { Array($0.utf8) }
      adjectives = topic.adjectives.map { Array($0.utf8) }
      hashtags = topic.hashtags.map { Array($0.utf8) }
    }
  }

  private static let linkLetters = Array("abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789".utf8)

  private let sentences: [[Piece]]
  private let words: [Words]

  init(topics: [SyntheticTopic]) {
    words = topics.map(Words.init)
    sentences = SyntheticPhraseTable.sentences.map(Self.pieces)
  }

  /// Appends the text of a tweet, and its hashtags (separated by spaces, without `#`) to a text of their own.
  func compose(
    topic: Int, mention: [UInt8], random: inout SeededGenerator, text: inout [UInt8], hashtags: inout [UInt8]
  ) {
    for piece in sentences[random.below(sentences.count)] {
      switch piece {
      case .literal(let bytes): text += bytes
      case .gap(let gap): fill(gap, topic, mention, &random, &text)
      }
    }
    // Three tweets in five carry hashtags, a few of them two; one in eight a link.
    let all = words[topic].hashtags
    let first = random.below(all.count)
    if random.uniform() < 0.6 { Self.tag(all[first], &text, &hashtags) }
    if random.uniform() < 0.2 { Self.tag(all[(first + 1) % all.count], &text, &hashtags) }
    if random.uniform() < 0.125 {
      text.append(UInt8(ascii: " "))
      Self.appendLink(&random, &text)
    }
  }

  private func fill(
    _ gap: Gap, _ topic: Int, _ mention: [UInt8], _ random: inout SeededGenerator, _ text: inout [UInt8]
  ) {
    let words = words[topic]
    switch gap {
    case .thing: text += words.things[random.below(words.things.count)]
    case .capitalThing: text += words.capitalThings[random.below(words.capitalThings.count)]
    case .group: text += words.groups[random.below(words.groups.count)]
    case .doing: text += words.doings[random.below(words.doings.count)]
    case .adjective: text += words.adjectives[random.below(words.adjectives.count)]
    case .subject: text += words.subject
    case .mention:
      text.append(UInt8(ascii: "@"))
      text += mention
    case .number: text += Array("\(2 + random.below(29))".utf8)
    case .link: Self.appendLink(&random, &text)
    }
  }

  private static func tag(_ tag: [UInt8], _ text: inout [UInt8], _ hashtags: inout [UInt8]) {
    text += Array(" #".utf8)
    text += tag
    if !hashtags.isEmpty { hashtags.append(UInt8(ascii: " ")) }
    hashtags += tag
  }

  private static func appendLink(_ random: inout SeededGenerator, _ text: inout [UInt8]) {
    text += Array("https://link.example/".utf8)
    for _ in 0..<7 { text.append(linkLetters[random.below(linkLetters.count)]) }
  }

  private static func pieces(_ sentence: String) -> [Piece] {
    var pieces: [Piece] = []
    var literal = ""
    var isGap = false
    for letter in sentence {
      if isGap, let gap = SyntheticPhraseTable.named(letter) {
        if !literal.isEmpty { pieces.append(.literal(Array(literal.utf8))) }
        pieces.append(.gap(gap))
        literal = ""
        isGap = false
      } else if letter == "%" {
        isGap = true
      } else {
        literal.append(letter)
      }
    }
    if !literal.isEmpty { pieces.append(.literal(Array(literal.utf8))) }
    return pieces
  }
}
