import Artifact
import Kernels
import Ranking
import Text

/// A model's tastes and texts over the rows of a data folder that holds what the model learned from, and more.
struct ModelWorld {
  /// Nothing has happened in it yet.
  let world: MomentWorld
  let tags: Int
  let terms: Int

  /// Brings a model's tables to the folder's rows. All of the model's accounts must be in the folder.
  init(_ model: Model, _ moment: MomentModel, data: TrainingData) {
    var vectorizer = TfidfVectorizer(
      vocabulary: model.vocabulary, inverseDocumentFrequency: model.inverseDocumentFrequency,
      options: model.textOptions)
    var (offsets, columns, values): ([UInt64], [UInt32], [Float]) = ([0], [], [])
    for tweet in 0..<data.tweets.count {
      data.texts.withText(tweet) { text in
        vectorizer.vectorize(text) { terms, weights in
          columns.append(contentsOf: terms)
          values.append(contentsOf: weights)
        }
      }
      offsets.append(UInt64(columns.count))
    }
    var builder = FactsBuilder(data: data, vectors: SparseRows(offsets: offsets, columns: columns, values: values))
    let facts = builder.build()
    let tags = builder.tags.map { key in key.withUnsafeBytes { moment.hashtag($0) ?? ModelSchema.noRow } }
    self.tags = tags.count
    terms = model.inverseDocumentFrequency.count
    world = MomentWorld(
      facts: facts, history: History(facts: facts, people: data.users.count, tags: tags.count, terms: terms),
      tastes: moment.world.tastes.arranged(people: data.users.ids.map { model.users.row(of: $0) }, tags: tags))
  }

  /// How the folder's past, up to and with the newest row that the model learned from, differs from what the model
  /// says of it; nil where it does not.
  static func difference(_ model: Model, asOf: Int64, data: TrainingData) -> String? {
    var made = [UInt32](repeating: 0, count: data.users.count)
    var received = [UInt32](repeating: 0, count: data.tweets.count)
    for index in 0..<data.log.count where data.log.times[index] <= asOf {
      made[Int(data.log.users[index])] += 1
      received[Int(data.log.tweets[index])] += 1
    }
    for row in 0..<model.users.count {
      let own = data.users.row(of: model.users.ids[row])
      if own == ModelSchema.noRow { return "user \(model.users.name(row: row)) of the model is not in it" }
      if made[Int(own)] != model.users.engagements[row] {
        return "user \(model.users.name(row: row)) engaged \(made[Int(own)]) times there, and "
          + "\(model.users.engagements[row]) times for the model"
      }
    }
    for row in 0..<model.tweets.count {
      let own = data.tweets.row(of: model.tweets.ids[row])
      let count = own == ModelSchema.noRow ? 0 : received[Int(own)]
      if own == ModelSchema.noRow || count != model.tweets.engagements[row] {
        return
          "tweet \(model.tweets.ids[row]) has \(count) engagements there, and \(model.tweets.engagements[row]) for the model"
      }
    }
    let known = model.users.engagements.reduce(0) { $0 + Int($1) }
    let there = made.reduce(0) { $0 + Int($1) }
    return known == there ? nil : "it has \(there) engagements, and the model knows \(known)"
  }
}
