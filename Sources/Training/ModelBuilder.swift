import Artifact
import Kernels
import Ranking

/// Turns the logs in memory into the tensors of a model, stage by stage.
///
/// Everything here is a function of the data and the options: building from part of a log
/// (``EngagementLog/filter(_:)``) gives the model that would have been trained then, over the same rows.
struct ModelBuilder {
  let data: TrainingData
  let options: TrainingOptions
  let progress: TrainingProgress
  var report = TrainingReport()
  var clock: StageClock
  let tensors = TensorSet()

  private typealias Name = ModelSchema.Tensor

  private var parallel: Parallel { Parallel(threads: options.threads) }

  init(data: TrainingData, options: TrainingOptions, progress: TrainingProgress, clock: StageClock) {
    self.data = data
    self.options = options
    self.progress = progress
    self.clock = clock
  }

  /// Runs all stages. The tensors then hold everything of ``ModelSchema``.
  mutating func build() throws(TrainingError) {
    addEntities()
    try addFactors()
    let text = try addText()
    try addNeighbours()
    try addRanks()
    addMetadata()
    try addMoment(text)
    try addBlend()
    report.users = data.users.count
    report.tweets = data.tweets.count
    report.engagements = data.log.count
    (report.engagementsWithUnlistedTweet, report.unlistedTweets) = data.unlisted
    report.stages = clock.stages
  }

  /// The last stage looks at the model as a server will.
  private mutating func addBlend() throws(TrainingError) {
    progress.update(stage: "blend", completed: 0, total: 0)
    do throws(ModelError) {
      try BlendFitter(seed: options.seed, recipe: options.recipe).add(to: tensors)
      try GoldenWriter(seed: options.seed).add(to: tensors)
    } catch { throw .artifact(reason: "\(error)") }
    progress.finish(stage: "blend", detail: "\(Signal.timeless.count) signals standardised")
    clock.end("blend")
  }

  private func addMetadata() {
    tensors.metadata[ModelSchema.Metadata.formatVersion] = ModelSchema.formatVersion
    tensors.metadata[ModelSchema.Metadata.recipe] = options.recipe.rawValue
    tensors.metadata[ModelSchema.Metadata.asOf] = "\(data.newestTime)"
    tensors.metadata[ModelSchema.Metadata.dataFingerprint] = data.fingerprint
    tensors.metadata[ModelSchema.Metadata.seed] = "\(options.seed)"
    tensors.metadata[ModelSchema.Metadata.threads] = "\(options.threads)"
    tensors.metadata[ModelSchema.Metadata.tfidf] = "\(options.text)"
    tensors.metadata[ModelSchema.Metadata.producer] = options.producer
  }

  private mutating func addEntities() {
    let (users, tweets) = (data.users.count, data.tweets.count)
    tensors.add(Name.userID, shape: [users], data.users.ids)
    tensors.addStrings(Name.userName, data.users.names)
    tensors.add(Name.tweetID, shape: [tweets], data.tweets.ids)
    tensors.addStrings(Name.tweetName, data.tweets.names)
    tensors.add(Name.tweetAuthor, shape: [tweets], data.tweetAuthors)
    tensors.add(Name.tweetCreatedAt, shape: [tweets], data.tweetTimes)
    var texts = StringColumnBuilder()
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    for tweet in 0..<tweets {
      data.texts.withText(tweet) { texts.append(raw: options.keepsTexts ? $0 : nothing) }
    }
    tensors.addStrings(Name.tweetText, texts)
    var userEngagements = [UInt32](repeating: 0, count: users)
    var tweetEngagements = [UInt32](repeating: 0, count: tweets)
    var popularity = [Double](repeating: 0, count: tweets)
    for index in 0..<data.log.count {
      let tweet = Int(data.log.tweets[index])
      userEngagements[Int(data.log.users[index])] += 1
      tweetEngagements[tweet] += 1
      popularity[tweet] += data.log.scores[index]
    }
    let engaged = EngagedLists.build(log: data.log, userCount: users)
    tensors.addLists(Name.userEngaged, offsets: engaged.offsets, rows: engaged.tweets)
    tensors.add(Name.userEngagements, shape: [users], userEngagements)
    tensors.add(Name.tweetEngagements, shape: [tweets], tweetEngagements)
    tensors.add(Name.tweetPopularity, shape: [tweets], popularity)
    clock.end("popularity")
  }

  private mutating func addText() throws(TrainingError) -> TweetText {
    let text = try TweetText(data: data, options: options.text, progress: progress, parallel: parallel)
    var terms = StringColumnBuilder()
    for term in text.terms { terms.append(term) }
    tensors.addStrings(Name.term, terms)
    tensors.add(
      Name.inverseDocumentFrequency, shape: [text.terms.count], text.inverseDocumentFrequency)
    tensors.addSparseRows(Name.tweetVector, text.vectors)
    report.terms = text.terms.count
    report.tweetVectorEntries = text.vectors.entryCount
    progress.finish(stage: "terms", detail: "\(ReportText.count(report.terms)) terms")
    clock.end("terms")
    let profiles = UserProfiles.build(
      log: data.log, userCount: data.users.count, vectors: text.vectors, termCount: text.terms.count,
      background: options.recipe.subtractsBackground
        ? UserProfiles.background(of: text.vectors, termCount: text.terms.count) : nil,
      parallel: parallel)
    tensors.addSparseRows(Name.userProfile, profiles)
    report.userProfileEntries = profiles.entryCount
    progress.finish(stage: "profiles", detail: "\(ReportText.count(profiles.entryCount)) weights")
    clock.end("profiles")
    return text
  }
}
