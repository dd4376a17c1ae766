public import Domain
public import Evidence
public import Journal

/// Holds the evidence of a site against its journal, offline: whether both chains hold, and whether every file that an
/// incident names is there as it was stored, or has a tombstone that says that it was given up.
public struct EvidenceAudit: Sendable {
    /// Something that is not as it should be.
    public struct Finding: Sendable, Equatable, Encodable {
        public enum Kind: String, Sendable, Encodable {
            /// Its file is gone, and nobody gave it up.
            case missing
            /// Its file is not the one that was stored.
            case altered
            /// Its file cannot be read.
            case unreadable
        }

        public var kind: Kind
        /// Absent for recordings.
        public var incident: IncidentID?
        /// Of a recording.
        public var camera: CameraID?
        public var path: String
        /// Of what was stored, lower-case hexadecimal; empty where none was kept.
        public var sha256: String
        /// What is known beyond the kind.
        public var remark: String?
    }

    /// What was looked at.
    public struct Report: Sendable, Equatable {
        public var chain: ChainReport
        public var incidents = 0
        /// Files that are there as they were stored.
        public var intact = 0
        /// Files that retention gave up, of which the chain keeps the hash.
        public var removed = 0
        public var findings: [Finding] = []

        /// Whether nothing is missing, altered or broken.
        public var holds: Bool { chain.broken == nil && findings.isEmpty }
    }

    private static let pageSize = 500

    private let journal: IncidentJournal
    private let evidence: EvidenceStore

    public init(journal: IncidentJournal, evidence: EvidenceStore) {
        self.journal = journal
        self.evidence = evidence
    }

    /// Looks at everything.
    ///
    /// - Parameter progress: is told after each incident how many were looked at.
    /// - Throws: `JournalError`, `EvidenceError`.
    public func run(progress: (_ incidents: Int) -> Void = { _ in }) async throws -> Report {
        var report = Report(chain: try await journal.verifyChain())
        var query = IncidentQuery(limit: Self.pageSize)
        while true {
            let page = try await journal.incidents(matching: query)
            for incident in page {
                try await look(at: incident, &report)
                report.incidents += 1
                progress(report.incidents)
            }
            guard page.count == Self.pageSize, let last = page.last else { return report }
            query.after = last.id
        }
    }

    private func look(at incident: Incident, _ report: inout Report) async throws {
        var gone: [EvidenceItem] = []
        for item in incident.evidence {
            do throws(EvidenceError) {
                let (bytes, sha256) = try await evidence.fingerprint(of: item.path)
                if bytes == item.bytes, sha256 == item.sha256 {
                    report.intact += 1
                } else {
                    report.findings.append(
                        finding(.altered, item, of: incident, "it has \(bytes) bytes with sha256 \(sha256)"))
                }
            } catch {
                switch error.code {
                case .notFound: gone.append(item)
                default: report.findings.append(finding(.unreadable, item, of: incident, error.problem))
                }
            }
        }
        guard !gone.isEmpty else { return }
        let tombstones = try await journal.tombstones(of: incident.id)
        for item in gone {
            let file = AuditEntry.RemovedFile(path: item.path, sha256: item.sha256)
            if tombstones.removed.contains(file) {
                report.removed += 1
            } else {
                let isNoted = tombstones.missing.contains(file)
                report.findings.append(
                    finding(.missing, item, of: incident, isNoted ? "the audit trail says so, too" : nil))
            }
        }
    }

    private func finding(
        _ kind: Finding.Kind, _ item: EvidenceItem, of incident: Incident, _ remark: String?
    ) -> Finding {
        Finding(kind: kind, incident: incident.id, path: item.path, sha256: item.sha256, remark: remark)
    }
}
