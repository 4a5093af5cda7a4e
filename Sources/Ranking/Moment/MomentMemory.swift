import Text

/// What a worker needs to rank as of a moment: the signals' memory, and the facts of the call's candidates.
final class MomentMemory {
  let signals: MomentScratch
  /// [capacity]
  let candidates: UnsafeMutablePointer<CandidateFacts>
  /// Where each candidate's new facts are. [capacity]
  private var places: [NewTweets.Place]
  private var terms: [UInt32] = []
  private var weights: [Float] = []
  private var tags: [UInt32] = []
  private var mentions: [UInt32] = []

  init(capacity: Int, terms: Int) {
    signals = MomentScratch(capacity: capacity, terms: terms)
    candidates = .allocate(capacity: capacity)
    places = .init(repeating: .init(), count: capacity)
  }

  deinit { candidates.deallocate() }

  /// Forgets the texts of the last call.
  func begin() {
    terms.removeAll(keepingCapacity: true)
    weights.removeAll(keepingCapacity: true)
    tags.removeAll(keepingCapacity: true)
    mentions.removeAll(keepingCapacity: true)
  }

  /// Reads the text of candidate `i`: its vector, and the hashtags and accounts that the model knows.
  func take(_ text: UnsafeRawBufferPointer, into i: Int, moment: MomentModel, vectorizer: inout TfidfVectorizer) {
    var place = NewTweets.Place()
    place.terms.start = terms.count
    vectorizer.vectorize(text) {
      terms.append(contentsOf: $0)
      weights.append(contentsOf: $1)
    }
    place.terms.count = terms.count - place.terms.start
    (place.tags.start, place.mentions.start) = (tags.count, mentions.count)
    TweetEntities.forEach(in: text) { kind, name in
      switch kind {
      case .hashtag:
        if let row = moment.hashtag(name), !tags[place.tags.start...].contains(row) { tags.append(row) }
      case .mention: if let row = moment.account(name) { mentions.append(row) }
      case .cashtag, .url: break
      }
    }
    place.tags.count = tags.count - place.tags.start
    place.mentions.count = mentions.count - place.mentions.start
    places[i] = place
  }

  /// Lends what was read.
  func withNewTweets(_ body: (NewTweets) -> Void) {
    terms.withUnsafeBufferPointer { terms in
      weights.withUnsafeBufferPointer { weights in
        tags.withUnsafeBufferPointer { tags in
          mentions.withUnsafeBufferPointer { mentions in
            body(NewTweets(places: places, terms: terms, weights: weights, tags: tags, mentions: mentions))
          }
        }
      }
    }
  }
}

/// Facts of the tweets that came with their text; views valid during a call.
struct NewTweets {
  /// Parts of the columns that are one tweet's.
  struct Place {
    var terms = (start: 0, count: 0)
    var tags = (start: 0, count: 0)
    var mentions = (start: 0, count: 0)
  }

  let places: [Place]
  let terms: UnsafeBufferPointer<UInt32>
  let weights: UnsafeBufferPointer<Float>
  let tags: UnsafeBufferPointer<UInt32>
  let mentions: UnsafeBufferPointer<UInt32>

  /// Facts without author of candidate `i`; without text nothing is known.
  func facts(of i: Int, isText: Bool) -> CandidateFacts {
    let place = isText ? places[i] : Place()
    func part<T>(_ column: UnsafeBufferPointer<T>, _ part: (start: Int, count: Int)) -> UnsafeBufferPointer<T> {
      UnsafeBufferPointer(rebasing: column[part.start..<part.start + part.count])
    }
    return CandidateFacts(
      tweet: ModelSchema.noRow, author: ModelSchema.noRow, time: 0, parent: ModelSchema.noRow,
      parentAuthor: ModelSchema.noRow, terms: part(terms, place.terms), weights: part(weights, place.terms),
      tags: part(tags, place.tags), mentions: part(mentions, place.mentions))
  }
}
