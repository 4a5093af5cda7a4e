import ArgumentParser

/// How a server comes to another model while it serves.
struct ReloadArguments: ParsableArguments {
  @Flag(
    help: "Load another model when a file is renamed to the model's path, or a symbolic link on the way there changes.")
  var watch = false

  @Option(
    help: ArgumentHelp("Let reload calls name files in this folder; without it, they name none.", valueName: "folder"))
  var reloadFolder: String?
}
