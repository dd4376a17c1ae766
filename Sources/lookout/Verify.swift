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
    }

    private struct Line: Encodable {
        var type = "finding"
        var finding: EvidenceAudit.Finding
    }

    func run() async throws {
        let report: EvidenceAudit.Report
        do {
            let journal = try IncidentJournal.open(
                directory: directory, clock: SystemClock(), digest: ContentHash.sha256, readOnly: true)
            let evidence = try EvidenceStore(directory: directory + "/evidence", readOnly: true)
            report = try await EvidenceAudit(journal: journal, evidence: evidence).run()
        } catch let error as any ActionableError {
            throw Failure(.inputUnreadable, error)
        }
        let broken = report.chain.broken.map { "\($0.chain.rawValue) \($0.sequence): \($0.reason)" }
        if json {
            for finding in report.findings { print(try JSONText.line(Line(finding: finding))) }
            print(
                try JSONText.line(
                    Summary(
                        holds: report.holds, revisions: report.chain.revisions,
                        auditEntries: report.chain.auditEntries, headHash: report.chain.headHash, broken: broken,
                        incidents: report.incidents, intact: report.intact, removed: report.removed,
                        findings: report.findings.count)))
        } else {
            show(report, broken: broken)
        }
        if !report.holds { throw Failure(.problemFound) }
    }

    private func show(_ report: EvidenceAudit.Report, broken: String?) {
        for finding in report.findings {
            print("\(finding.kind.rawValue)  \(finding.path)  of \(finding.incident)  sha256 \(finding.sha256)")
            if let remark = finding.remark { print("    \(remark)") }
        }
        if let broken { print("broken  \(broken)") }
        print("chain: \(report.chain.revisions) revisions and \(report.chain.auditEntries) audit entries hold")
        print("head: sha256 \(report.chain.headHash)")
        print(
            "evidence: of \(report.incidents) incidents \(report.intact) files are as they were stored, "
                + "\(report.removed) were given up by retention, \(report.findings.count) are missing or altered")
    }
}
