import GRDB

extension DatabaseQueue {
    /// Runs `body` in one transaction on the queue; the calling task's cancellation does not end it.
    func performWrite<T: Sendable>(file: String, _ body: @escaping @Sendable (Database) throws -> T)
        async throws(JournalError) -> T
    {
        try await perform(file: file) { db in
            var value: T?
            try db.inTransaction(.immediate) {
                value = try body(db)
                return .commit
            }
            guard let value else { throw JournalError.damaged(file, "a write ended without an answer") }
            return value
        }
    }

    /// Runs `body`, which only reads, on the queue.
    func performRead<T: Sendable>(file: String, _ body: @escaping @Sendable (Database) throws -> T)
        async throws(JournalError) -> T
    {
        try await perform(file: file, body)
    }

    private func perform<T: Sendable>(file: String, _ body: @escaping @Sendable (Database) throws -> T)
        async throws(JournalError) -> T
    {
        let outcome: Result<T, JournalError> = await withCheckedContinuation { done in
            asyncWriteWithoutTransaction { db in
                done.resume(returning: Result { try body(db) }.mapError { JournalError($0, file: file) })
            }
        }
        return try outcome.get()
    }
}
