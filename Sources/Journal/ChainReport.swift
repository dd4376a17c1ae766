public import Domain

/// What recomputing the journal's hashes found.
public struct ChainReport: Sendable, Equatable {
    /// The two chains of a journal.
    public enum Chain: String, Sendable { case revisions, audit }

    /// The first record that does not hold.
    public struct Broken: Sendable, Equatable {
        public var chain: Chain
        public var sequence: Int64
        /// As far as the record can still be read.
        public var incident: IncidentID?
        /// Why it does not hold, as a clause: "its content does not match its hash".
        public var reason: String

        public init(chain: Chain, sequence: Int64, incident: IncidentID?, reason: String) {
            self.chain = chain
            self.sequence = sequence
            self.incident = incident
            self.reason = reason
        }
    }

    /// Records that hold, up to the first broken one.
    public var revisions: Int64
    public var auditEntries: Int64
    /// Hash of the last revision that holds, lower-case hexadecimal. Kept elsewhere, it proves later that no record was
    /// cut off the end, which a chain cannot prove by itself.
    public var headHash: String
    /// `nil` where everything holds.
    public var broken: Broken?

    public init(revisions: Int64, auditEntries: Int64, headHash: String, broken: Broken?) {
        self.revisions = revisions
        self.auditEntries = auditEntries
        self.headHash = headHash
        self.broken = broken
    }

    public var isIntact: Bool { broken == nil }
}
