/// An evidence file that is being read in parts.
public final class OpenEvidence: Sendable {
    /// Size of the whole file.
    public let byteCount: Int
    private let file: SystemFile
    private let store: EvidenceStore

    init(file: consuming SystemFile, store: EvidenceStore) throws(EvidenceError) {
        byteCount = try file.size()
        self.file = file
        self.store = store
    }

    /// The bytes of `range`: fewer where the file ends before.
    ///
    /// - Parameter range: at most 64 MiB.
    /// - Throws: `invalid`, `inputOutput`.
    public func read(_ range: Range<Int>) async throws(EvidenceError) -> [UInt8] {
        guard range.lowerBound >= 0, range.count <= EvidenceStore.maximumReadBytes else {
            throw EvidenceError(
                .invalid, problem: "\(range.count) bytes were asked for at once", remedy: "Ask for 64 MiB at most")
        }
        return try await store.onQueue { [self] () throws(EvidenceError) in try file.read(range) }
    }
}
