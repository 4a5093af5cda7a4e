import Artifact
import Testing
import Text

@testable import Ranking
@testable import Training

@Suite("Text options of a training run")
struct TextOptionsTests {
  private typealias Name = ModelSchema.Tensor

  private func terms(_ tensors: TensorSet) throws -> [String] {
    let count = try tensors.column(Name.inverseDocumentFrequency, of: Double.self, shape: [nil]).count
    let column = try tensors.strings(Name.term, count: count)
    return (0..<count).map { column.string($0) }
  }

  @Test("the model says how its vectors were made, and serving makes vectors of unseen text likewise")
  func serving() throws {
    let world = try SmallWorld.handmade()
    let (tensors, _) = try world.train { options in
      options.text.ngrams = 1...2
      options.text.stopWords = .words(["at"])
      options.text.isSublinear = true
      options.text.minDocumentFrequency = .count(1)
    }
    #expect(
      tensors.metadata[ModelSchema.Metadata.tfidf]
        == "max_features=5000 min_df=1 max_df=1.0 ngrams=1-2 norm=l2 smooth_idf=true stop_words=words:at "
        + "sublinear_tf=true tokens=words")
    let own = try terms(tensors)
    #expect(own.contains("swift birds") && own.contains("sing dawn") && !own.contains("at"))
    let model = try Model(tensors)
    let scratch = RankScratch(model: model, capacity: 1, seed: 1)
    // The text of a tweet is most similar to that tweet, by 1: the same stop words, pairs and weights.
    for text in ["swift birds, swift wings", "birds sing at dawn"] {
      let answer = Array(text.utf8).withUnsafeBytes {
        SimilarTweets(model: model).nearest(toText: $0, limit: 1, scratch: scratch)
      }
      #expect(answer.similarities.count == 1 && abs(answer.similarities[0] - 1) < 1e-6)
    }
  }

  @Test(
    "a model from a file gives a tweet's text the vector that training gave it, whatever its tokens and recipe",
    arguments: TermTokens.allCases, Recipe.allCases)
  func servedVectors(tokens: TermTokens, recipe: Recipe) throws {
    let world = try SmallWorld.handmade()
    let texts = [
      "RT @Erin: #Swifts at $BIRD, see https://www.birds.org/a_(b)?c", "#swifts over ＠erin ☀️#Sun, birds.org!",
      "me@birds.org #2016 $12 the nest.It is", "#ΟΔΟΣ 鳥t.co/x鳥鳥 don't see",
    ]
    let rows = zip(["100", "50", "t-two", "quiet"], texts).map { "\($0),alice,\"\($1)\",900\n" }
    try world.folder.write("tweets.csv", "tweet_id,author_id,text,created_at\n" + rows.joined())
    let (trained, _) = try world.train { options in
      options.recipe = recipe
      options.text.tokens = tokens
      options.text.isSublinear = recipe == .ranker
    }
    let path = world.folder.path + "/model.safetensors"
    try trained.write(to: path)
    let model = try Model(TensorSet.read(path: path))
    #expect(model.textOptions.tokens == tokens)
    #expect(try terms(trained).contains("#swifts") == (tokens == .tweet))
    let scratch = RankScratch(model: model, capacity: 1, seed: 1)
    var entryCount = 0
    for row in 0..<model.tweets.count where !model.tweets.texts[row].isEmpty {
      let vectors = model.tweets.vectors
      let entries = Int(vectors.offsets[row])..<Int(vectors.offsets[row + 1])
      let served = scratch.vectorizer.vectorize(model.tweets.texts[row]) { (Array($0), Array($1)) }
      #expect(served.0 == Array(vectors.terms[entries]) && served.1 == Array(vectors.weights[entries]))
      entryCount += entries.count
    }
    #expect(entryCount > 20)
  }

  @Test("a model without the line has the defaults; one with an unknown option or another norm is refused")
  func metadata() throws {
    let (tensors, _) = try SmallWorld.handmade().train()
    let key = ModelSchema.Metadata.tfidf
    #expect(try Model(tensors).textOptions == TfidfOptions(maxFeatures: 5000))
    tensors.metadata[key] = nil
    #expect(try Model(tensors).textOptions == TfidfOptions())
    for (line, part) in [("use_idf=false", "use_idf=false"), ("norm=l1", "expected: norm=l2"), ("min_df=0", "0")] {
      tensors.metadata[key] = line
      let error = try #require(throws: ModelError.self) { try Model(tensors) }
      #expect("\(error)".hasPrefix("metadata 'tfidf': ") && "\(error)".contains(part))
    }
  }

  @Test("texts without a term, or of stop words alone, train a model without terms")
  func noTerms() throws {
    let world = try SmallWorld.handmade()
    try world.folder.write("tweets.csv", "tweet_id,text\n100,\n50,a b c\nt-two,the and of\nquiet,!?\n")
    let (tensors, report) = try world.train { $0.text.stopWords = .english }
    #expect(report.terms == 0 && report.tweetVectorEntries == 0 && report.userProfileEntries == 0)
    #expect(try terms(tensors) == [])
    _ = try Model(tensors)
  }

  @Test("options that leave no term of texts that have some are refused, and so is another norm")
  func refused() throws {
    let world = try SmallWorld.handmade()
    func refusal(_ change: (inout TfidfOptions) -> Void) throws -> String {
      "\(try #require(throws: TrainingError.self) { try world.train { change(&$0.text) } })"
    }
    #expect(
      try refusal { $0.minDocumentFrequency = .count(4) }
        == "tweets.csv: none of 8 terms has a document frequency from 4 to 1.0 among 4 documents")
    #expect(
      try refusal { $0.minDocumentFrequency = .count(5) }
        == "tweets.csv: a maximum document frequency of 1.0 is less than the minimum of 5 for 4 documents")
    #expect(try refusal { $0.norm = .l1 } == "option norm = l1: must be l2 in a model")
    #expect(
      try refusal { $0.maxDocumentFrequency = .fraction(2) }
        == "option maxDocumentFrequency = 2.0: must be a count of at least 1 or a fraction of 0.0 to 1.0")
  }
}
