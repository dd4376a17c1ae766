import Foundation
import GRDB

/// Computes SHA-256: 32 bytes for any input. Injected, so that cryptography has one importer (Evidence).
public typealias ContentDigest = @Sendable ([UInt8]) -> [UInt8]

/// A table whose records are chained: each hash covers the hash before it and the record's stored bytes, so that no
/// stored record can be changed, dropped from the middle or put in between without breaking every hash after it.
///
/// What a chain cannot show by itself is that its *last* records were cut off: for that, keep the head's hash elsewhere.
struct HashChain: Sendable {
    let table: String
    let digest: ContentDigest

    static let hashBytes = 32
    /// What the first record names as its predecessor.
    static let origin = [UInt8](repeating: 0, count: hashBytes)

    struct Head {
        var sequence: Int64
        var hash: [UInt8]
    }

    /// The last record's position and hash; position 0 and `origin` for an empty table.
    func head(_ db: Database) throws -> Head {
        let statement = try db.cachedStatement(
            sql: "SELECT sequence, hash FROM \(table) ORDER BY sequence DESC LIMIT 1")
        guard let row = try Row.fetchOne(statement) else { return Head(sequence: 0, hash: Self.origin) }
        return Head(sequence: row[0], hash: Self.bytes(row[1]))
    }

    func hash(previous: [UInt8], body: [UInt8]) -> [UInt8] { digest(previous + body) }

    /// A stored record as bytes, none of them trusted.
    struct Link {
        var sequence: Int64
        var body: [UInt8]
        var previous: [UInt8]
        var hash: [UInt8]
    }

    /// Up to `limit` records after `sequence`, in order.
    func links(_ db: Database, after sequence: Int64, limit: Int) throws -> [Link] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT sequence, CAST(body AS BLOB), previous, hash FROM \(table)
                WHERE sequence > ? ORDER BY sequence LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [sequence, limit]).map { row in
            Link(
                sequence: row[0], body: Self.bytes(row[1]), previous: Self.bytes(row[2]), hash: Self.bytes(row[3]))
        }
    }

    /// What is wrong with `link` as the successor of `head`; `nil` where it holds.
    func fault(in link: Link, after head: Head) -> String? {
        if link.sequence != head.sequence + 1 {
            return "records \(head.sequence + 1) to \(link.sequence - 1) are missing"
        }
        if link.previous != head.hash { return "it does not name the hash of the record before it" }
        if hash(previous: head.hash, body: link.body) != link.hash { return "its content does not match its hash" }
        return nil
    }

    /// Column types are fixed by the schema, but a damaged file may hold anything.
    private static func bytes(_ value: DatabaseValue) -> [UInt8] {
        Data.fromDatabaseValue(value).map { [UInt8]($0) } ?? []
    }
}
