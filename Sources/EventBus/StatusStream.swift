public import Domain

/// What the cameras are doing: first everything known, then what changed since the last look.
///
/// Each element holds the newest status of every camera that changed, by camera, so that a slow subscriber skips what is
/// out of date and costs no memory. Ends when its task is cancelled or the bus is closed.
public struct StatusStream: AsyncSequence, Sendable {
    public typealias Element = [CameraStatus]
    public typealias Failure = Never

    let board: StatusBoard

    public func makeAsyncIterator() -> Iterator { Iterator(board: board) }

    public struct Iterator: AsyncIteratorProtocol {
        private let board: StatusBoard
        private var seen: Int64 = 0

        init(board: StatusBoard) { self.board = board }

        public mutating func next() async -> [CameraStatus]? { await next(isolation: #isolation) }

        public mutating func next(isolation actor: isolated (any Actor)?) async -> [CameraStatus]? {
            while !Task.isCancelled {
                let (changed, version) = board.changes(after: seen)
                if !changed.isEmpty {
                    seen = version
                    return changed
                }
                guard await board.waitForChange(after: seen) else { return nil }
            }
            return nil
        }
    }
}
