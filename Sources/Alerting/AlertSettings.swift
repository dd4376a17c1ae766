public import Domain

/// What alerts of a site say, and who gets them.
public struct AlertSettings: Sendable {
    /// Reminders about a subject lie under a subject of their own, so that nothing waits for them: its name and this.
    public static let escalationSuffix = ".escalation"

    public var writer: AlertWriter
    public var reporter: FireReporter
    public var routes: [AlertRoute]
    public var retry: RetryPolicy
    /// What the clock on the site's wall shows.
    public var localTime: @Sendable (MediaTime) -> LocalTime
    /// Fire danger at an instant, 1 to 5; `nil` where nobody knows it.
    public var dangerLevel: @Sendable (MediaTime) -> Int?
    /// Links by which contacts acknowledge; `nil` for none.
    public var links: AnswerLinks?
    /// How long what was settled is kept.
    public var keep: Duration

    public init(
        writer: AlertWriter, reporter: FireReporter, routes: [AlertRoute], retry: RetryPolicy = RetryPolicy(),
        localTime: @escaping @Sendable (MediaTime) -> LocalTime,
        dangerLevel: @escaping @Sendable (MediaTime) -> Int? = { _ in nil }, links: AnswerLinks? = nil,
        keep: Duration = .seconds(30 * 86_400)
    ) {
        self.writer = writer
        self.reporter = reporter
        self.routes = routes
        self.retry = retry
        self.localTime = localTime
        self.dangerLevel = dangerLevel
        self.links = links
        self.keep = keep
    }
}
