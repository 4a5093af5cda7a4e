import ArgumentParser
import Feedback
import Serving
import Training

/// `apus log export`: a feedback log as training data.
struct LogExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write a feedback log as training data: engagements, impressions, propensities.",
    discussion: """
      Writes user_engagements.csv (what counts, scored by the reward weights of now), impressions.csv (what rankings with \
      feedback showed, and what was engaged with) and propensities.csv. With the tweets.csv of a model beside them, apus \
      train --data takes the folder.

      Examples:
        apus log export apus-state --out export
        apus log export apus-state --out export --names model.safetensors
        apus train --data export --learn-from export/impressions.csv --out model.safetensors
      """)

  @OptionGroup var folder: LogFolderArgument

  @Option(help: ArgumentHelp("Folder to write to; made if it is not there.", valueName: "folder"))
  var out: String

  @Option(
    help: ArgumentHelp("Model file: ids that it knows are written as the keys of its training data.", valueName: "file")
  )
  var names: String?

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let reader = try folder.reader()
    let keys: ModelKeys
    do throws(ServerError) {
      keys = ModelKeys(try names.map { (path) throws(ServerError) in try ModelLoader.load(path: path) })
    } catch {
      if case .modelFile(let path, let error) = error { throw Failure.modelFile(path, error) }
      throw Failure.badData.exit("\(error)")
    }
    let isInUse = reader.isInUse
    let counts: LogExporter.Counts
    do {
      var exporter = LogExporter(reader, keys: keys, folder: out)
      counts = try exporter.run()
    } catch let error as FeedbackError {
      throw LogFolderArgument.exit(error)
    } catch let error as TrainingError {
      throw Failure.cannotCreate.exit("\(error)")
    }
    if json {
      try JSONOutput.print(counts)
    } else {
      print(
        "Wrote \(counts.engagements) engagements, \(counts.impressions) impressions and \(counts.propensities) "
          + "propensities to \(out), of \(counts.entries) entries.")
      if isInUse { print(LogFolderArgument.inUseNote) }
      if counts.lost > 0 { print("\(counts.lost) entries are lost to damage; apus log verify says where.") }
    }
  }
}
