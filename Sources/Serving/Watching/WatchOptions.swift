/// What the server's watch looks at beside the loops, and whom it tells.
public struct WatchOptions: Sendable {
  /// Memory that the process may have in RAM, in bytes; nil: as much as its control group may.
  public var memoryLimitBytes: UInt64?
  /// After a loop has stood still for so long the process ends; nil: never.
  public var exitSeconds: UInt64?
  /// Whom to tell what people should know; nil: nobody.
  public var journal: Journal?
  /// Whom to tell that the server is alive; nil: nobody.
  public var notifier: SystemdNotifier?

  /// Watches loops and the control group's memory, and tells nobody.
  public init() {}

  /// The exit code of a process that ended itself since a loop stood still: none of sysexits.h, so that a supervisor can tell.
  public static let stalledExitCode: Int32 = 79
}
