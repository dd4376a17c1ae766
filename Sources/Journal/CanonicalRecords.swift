import Domain
import Foundation

/// A revision as it is written: the bytes that the chain covers hold its place too.
struct RevisionRecord: Codable, Equatable {
    var sequence: Int64
    var number: Int
    var change: IncidentRevision.Change
    var actor: String
    var time: MediaTime
    var incident: Incident

    init(_ revision: IncidentRevision, sequence: Int64, number: Int) {
        self.sequence = sequence
        self.number = number
        change = revision.change
        actor = revision.actor
        time = revision.time
        incident = revision.incident
    }

    var revision: IncidentRevision {
        IncidentRevision(incident: incident, change: change, actor: actor, time: time)
    }
}

/// An entry of the audit trail as it is written.
struct AuditRecord: Codable {
    var sequence: Int64
    var time: MediaTime
    var actor: String
    var action: AuditEntry.Action
    var incident: IncidentID?
    var note: String?
    /// Since schema 2.
    var order: ArmingOrder?
    /// Absent but for removals.
    var removed: [AuditEntry.RemovedFile]?
    var detail: String?
    /// Absent but for removals of recordings.
    var recordings: [RemovedRecordings]?
}

/// The one way in which records become bytes and come back: JSON with sorted keys, shortest numbers, UTF-8.
///
/// Hashes cover the bytes as stored, so a later encoder may write other bytes for the same value without breaking
/// anything that is stored already.
enum CanonicalJSON {
    static func encode(_ record: some Encodable) throws(JournalError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return [UInt8](try encoder.encode(record))
        } catch {
            throw .invalid(
                "the record cannot be written: \(error)",
                remedy: "Send finite numbers only; infinity and NaN cannot be stored")
        }
    }

    static func decode<Record: Decodable>(_ type: Record.Type, from bytes: [UInt8]) throws -> Record {
        try JSONDecoder().decode(type, from: Data(bytes))
    }
}
