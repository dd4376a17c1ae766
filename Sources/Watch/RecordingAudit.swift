import Dispatch
import Domain
import Evidence
public import Journal

/// Holds the continuous recordings of a site against their list, offline: whether each segment is there as it was recorded.
public struct RecordingAudit: Sendable {
    /// What was looked at.
    public struct Report: Sendable, Equatable {
        /// Segments that are there as they were recorded.
        public var intact = 0
        /// Those that are there, and of which no hash was kept.
        public var withoutHash = 0
        public var findings: [EvidenceAudit.Finding] = []
    }

    private let store: RecordingStore
    private let log: RecordingLog
    private let queue = DispatchQueue(label: "lookout.recordings.audit", qos: .utility)

    /// - Parameter directory: the storage directory.
    public init(directory: String) {
        store = RecordingStore(reading: directory + "/recordings")
        log = RecordingLog(directory: directory)
    }

    /// Reads every segment.
    ///
    /// - Parameter progress: is told after each segment how many were looked at.
    /// - Throws: `JournalError` where a list cannot be read.
    public func run(progress: (_ segments: Int) -> Void = { _ in }) async throws(JournalError) -> Report {
        var report = Report()
        var count = 0
        for day in log.days() {
            let segments = try await onQueue { [log] () throws(JournalError) in try log.segments(of: day) }
            for segment in segments {
                await look(at: segment, &report)
                count += 1
                progress(count)
            }
        }
        return report
    }

    private func look(at segment: RecordedSegment, _ report: inout Report) async {
        func finding(_ kind: EvidenceAudit.Finding.Kind, _ remark: String?) -> EvidenceAudit.Finding {
            EvidenceAudit.Finding(
                kind: kind, camera: segment.camera, path: segment.path, sha256: segment.sha256 ?? "", remark: remark)
        }
        do throws(EvidenceError) {
            let (bytes, sha256) = try await onQueue { [store] () throws(EvidenceError) in
                try store.fingerprint(of: segment.path)
            }
            if bytes != segment.bytes || sha256 != segment.sha256 ?? sha256 {
                report.findings.append(finding(.altered, "it has \(bytes) bytes with sha256 \(sha256)"))
            } else if segment.sha256 == nil {
                report.withoutHash += 1
            } else {
                report.intact += 1
            }
        } catch {
            report.findings.append(
                error.code == .notFound ? finding(.missing, nil) : finding(.unreadable, error.problem))
        }
    }

    private func onQueue<T: Sendable, E>(_ work: @escaping @Sendable () throws(E) -> T) async throws(E) -> T {
        let outcome: Result<T, E> = await withCheckedContinuation { done in
            queue.async { done.resume(returning: Result(catching: work)) }
        }
        return try outcome.get()
    }
}
