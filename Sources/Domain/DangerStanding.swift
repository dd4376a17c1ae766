/// Which forest fire danger holds, out of what was said by whom.
public struct DangerStanding: Sendable, Equatable {
    /// `nil` where nobody knows it.
    public var current: DangerNotice?
    /// The last of each source.
    public var notices: [DangerNotice]

    /// - Parameter notices: the last of each source. What people and other systems say goes before what is reckoned, and
    ///   of two of these the later one holds.
    public init(_ notices: [DangerNotice], at time: MediaTime) {
        self.notices = notices
        let standing = notices.filter { $0.holds(at: time) && $0.since <= time }
        let given = standing.filter { $0.source != .weather }.max { $0.since < $1.since }
        current = given ?? standing.first { $0.source == .weather }
    }
}
