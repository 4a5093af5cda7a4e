extension Signals {
  /// The signals as of the moment of the request, of tweets that the model has and of those sent with their text.
  static func moment(_ query: RankQuery, _ model: Model, _ scratch: RankScratch) {
    guard let moment = model.moment, let memory = scratch.moment else { return }
    memory.begin()
    for i in 0..<scratch.count where scratch.familiarity[i] == Familiarity.text.rawValue {
      let text = query.newTweets[Int(scratch.sources[i]) - query.tweetIDs.count].text
      memory.take(text, into: i, moment: moment, vectorizer: &scratch.vectorizer)
    }
    memory.withNewTweets { new in
      for i in 0..<scratch.count {
        if scratch.rows[i] != ModelSchema.noRow {
          memory.candidates[i] = moment.world.facts.candidate(scratch.rows[i])
        } else {
          var facts = new.facts(of: i, isText: scratch.familiarity[i] == Familiarity.text.rawValue)
          let author = query.authorID(ofSource: Int(scratch.sources[i]))
          facts.author = author == 0 ? ModelSchema.noRow : model.users.row(of: author)
          memory.candidates[i] = facts
        }
      }
      scratch.live.bind(model)
      MomentSignals.compute(
        user: scratch.userRow, time: query.time == 0 ? moment.asOf : query.time,
        candidates: .init(start: memory.candidates, count: scratch.count), world: moment.world, scratch: memory.signals,
        columns: SignalColumns(base: scratch.values(0), capacity: scratch.capacity), live: scratch.live,
        skipped: scratch.skipped)
    }
  }
}
