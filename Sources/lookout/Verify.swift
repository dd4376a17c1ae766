import ArgumentParser
import Domain
import Evidence
import Foundation
import Journal
import Watch

struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Checks journal and evidence offline: both chains of hashes, and each file against its hash.",
        discussion: """
            Reads only, also a copy of the directory on another machine. A file that retention gave up counts as removed: \
            the chain keeps its hash. Keep the head's hash elsewhere: it proves later that nothing was cut off the end.
            """)

    @Argument(help: "The storage directory: it has 'journal.sqlite' and 'evidence'.") var directory = "data"
    @Flag(help: "Check the continuous recordings, too: reads all of them.") var recordings = false
    @Flag(help: "One JSON object per line: what was found, then a summary.") var json = false

    private struct Summary: Encodable {
        var type = "summary"
        var holds: Bool
        var revisions: Int64
        var auditEntries: Int64
        var headHash: String
        var broken: String?
        var incidents: Int
        var intact: Int
        var removed: Int
        var findings: Int
        /// Segments of recordings; absent where they were not looked at.
        var segments: Segments?
    }

    private struct Segments: Encodable {
        var intact: Int
        var withoutHash: Int
        var findings: Int
    }

    private struct Line: Encodable {
        var type = "finding"
        var finding: EvidenceAudit.Finding
    }

    func run() async throws {
        let report: EvidenceAudit.Report
        var segments: RecordingAudit.Report?
        do {
            let journal = try IncidentJournal.open(
                directory: directory, clock: SystemClock(), digest: ContentHash.sha256, readOnly: true)
            let evidence = try EvidenceStore(directory: directory + "/evidence", readOnly: true)
            report = try await EvidenceAudit(journal: journal, evidence: evidence).run()
            if recordings { segments = try await RecordingAudit(directory: directory).run() }
        } catch let error as any ActionableError {
            throw Failure(.inputUnreadable, error)
        }
        let broken = report.chain.broken.map { "\($0.chain.rawValue) \($0.sequence): \($0.reason)" }
        let holds = report.holds && segments?.findings.isEmpty ?? true
        if json {
            for finding in report.findings + (segments?.findings ?? []) {
                print(try JSONText.line(Line(finding: finding)))
            }
            print(
                try JSONText.line(
                    Summary(
                        holds: holds, revisions: report.chain.revisions,
                        auditEntries: report.chain.auditEntries, headHash: report.chain.headHash, broken: broken,
                        incidents: report.incidents, intact: report.intact, removed: report.removed,
                        findings: report.findings.count,
                        segments: segments.map {
                            Segments(intact: $0.intact, withoutHash: $0.withoutHash, findings: $0.findings.count)
                        })))
        } else {
            show(report, segments, broken: broken)
        }
        if !holds { throw Failure(.problemFound) }
    }

    private func show(_ report: EvidenceAudit.Report, _ segments: RecordingAudit.Report?, broken: String?) {
        for finding in report.findings + (segments?.findings ?? []) {
            let owner = finding.incident.map { "of \($0)" } ?? "of the recording"
            print("\(finding.kind.rawValue)  \(finding.path)  \(owner)  sha256 \(finding.sha256)")
            if let remark = finding.remark { print("    \(remark)") }
        }
        if let broken { print("broken  \(broken)") }
        print("chain: \(report.chain.revisions) revisions and \(report.chain.auditEntries) audit entries hold")
        print("head: sha256 \(report.chain.headHash)")
        print(
            "evidence: of \(report.incidents) incidents \(report.intact) files are as they were stored, "
                + "\(report.removed) were given up by retention, \(report.findings.count) are missing or altered")
        guard let segments else { return }
        print(
            "recordings: \(segments.intact) segments are as they were recorded, of \(segments.withoutHash) no hash was "
                + "kept, \(segments.findings.count) are missing or altered")
    }
}
