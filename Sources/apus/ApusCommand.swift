import ArgumentParser

/// The program: each subcommand parses its arguments and calls one function.
@main
struct ApusCommand: ParsableCommand {
  /// The version of the program, as `--version`, model files and Describe say it.
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "apus",
    abstract: "Ranks tweets: trains a model from engagement logs, serves it, and asks the server.",
    discussion: """
      A first run without data of your own:

        apus synthesize --out world
        apus train --data world --out model.safetensors
        apus serve --model model.safetensors &
        apus top --limit 5
        grep -oE '^[0-9]{19}' world/tweets.csv | tail -n 100 > candidates.txt
        apus recommend --user user_17
        apus rank --user user_17 --tweets-from candidates.txt --limit 10 --explain

      Exit codes: 0 done; 64 wrong arguments; 65 bad input data; 66 input missing or unreadable; 69 server not \
      reachable or not able; 70 internal error; 73 output cannot be written; 75 try again later; 77 not allowed; 79 the \
      server's watchdog ended it; 3 evaluate --log found too little to conclude from.
      """,
    version: version,
    subcommands: [
      TrainCommand.self, ServeCommand.self, RankCommand.self, RecommendCommand.self, PrecomputeCommand.self,
      SimilarCommand.self, TopCommand.self, RecordCommand.self, RewardsCommand.self, ReloadCommand.self,
      DescribeCommand.self, StatsCommand.self, EvaluateCommand.self, InspectCommand.self, LogCommand.self,
      SynthesizeCommand.self,
    ])
}
