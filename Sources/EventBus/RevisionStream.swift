public import Domain

/// Stored revisions in order, from where the subscriber stopped, then each new one as it comes.
///
/// It pages through the journal, so a slow subscriber costs one page of memory and loses nothing. It ends when its task
/// is cancelled or the bus is closed, and throws what reading the journal throws; the subscriber then subscribes again
/// after the last sequence that it has dealt with.
public struct RevisionStream: AsyncSequence, Sendable {
    public typealias Element = StoredRevision
    public typealias Failure = any Error

    let source: any RevisionSource
    /// Everything up to this sequence is behind the subscriber.
    let start: Int64

    public func makeAsyncIterator() -> Iterator { Iterator(source: source, position: start) }

    public struct Iterator: AsyncIteratorProtocol {
        private let source: any RevisionSource
        private var position: Int64
        private var page: ArraySlice<StoredRevision> = []
        private var hasEnded = false

        init(source: any RevisionSource, position: Int64) {
            self.source = source
            self.position = position
        }

        public mutating func next() async throws -> StoredRevision? {
            try await next(isolation: #isolation)
        }

        public mutating func next(isolation actor: isolated (any Actor)?) async throws -> StoredRevision? {
            guard try await fill(isolation: actor), let revision = page.popFirst() else { return nil }
            position = revision.sequence
            return revision
        }

        /// All that is at hand, for a subscriber that deals with many at once: at least one, `nil` at the end.
        public mutating func nextPage(isolation actor: isolated (any Actor)? = #isolation) async throws
            -> [StoredRevision]?
        {
            guard try await fill(isolation: actor), let last = page.last else { return nil }
            position = last.sequence
            defer { page = [] }
            return Array(page)
        }

        /// - Returns: `false` at the end.
        private mutating func fill(isolation actor: isolated (any Actor)?) async throws -> Bool {
            while page.isEmpty {
                guard !hasEnded, !Task.isCancelled else { return false }
                guard let next = try await source.page(after: position) else {
                    hasEnded = true
                    return false
                }
                page = next[...]
            }
            return !Task.isCancelled
        }
    }
}

/// What a stream reads from.
protocol RevisionSource: Sendable {
    /// The revisions after `position` in order, a page at most. Waits where there is none yet; returns empty when the
    /// task was cancelled meanwhile, `nil` when no more will come.
    func page(after position: Int64) async throws -> [StoredRevision]?
}
