import Domain
import Foundation
import JournalTestSupport
import Testing

@testable import Evidence

@Suite struct EvidenceStoreTests {
    let directory: TemporaryDirectory
    let store: EvidenceStore
    /// 2026-02-01T00:00:00Z.
    let day = MediaTime(seconds: 1_769_904_000)
    let incident = IncidentID("gate-motion-20260201T000000000")

    init() throws {
        directory = try TemporaryDirectory()
        store = try EvidenceStore(directory: directory.file("evidence"))
    }

    @Test func aSnapshotIsNamedByWhatItHolds() async throws {
        let jpeg: [UInt8] = [0xFF, 0xD8, 1, 2, 3, 0xFF, 0xD9]
        let time = day + .seconds(2)
        let item = try await store.storeSnapshot(jpeg, of: incident, startingAt: day, time: time)
        #expect(item.path == "2026-02-01/gate-motion-20260201T000000000/snapshot.jpg")
        #expect(item.bytes == 7 && item.mediaType == "image/jpeg" && item.kind == .snapshot && item.time == time)
        #expect(item.sha256 == ContentHash.sha256Hexadecimal(jpeg))
        #expect(try await store.read(item.path) == jpeg)
        #expect(try await store.read(item) == jpeg)
        let second = try await store.storeSnapshot([1], of: incident, startingAt: day, time: time)
        let third = try await store.storeSnapshot([2], of: incident, startingAt: day, time: time)
        #expect(second.path.hasSuffix("/snapshot-2.jpg") && third.path.hasSuffix("/snapshot-3.jpg"))
        #expect(try await store.read(item) == jpeg)
    }

    @Test func manyAtOnceGetNamesOfTheirOwn() async throws {
        let items = try await withThrowingTaskGroup(of: EvidenceItem.self) { group in
            for n in 0..<60 {
                group.addTask { [store, incident, day] in
                    try await store.storeSnapshot(
                        [UInt8](repeating: UInt8(n), count: 1_000 + n), of: incident, startingAt: day, time: day)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(items.map(\.path)).count == 60)
        for item in items { #expect(try await store.read(item).count == item.bytes) }
        let left = try FileManager.default.contentsOfDirectory(atPath: directory.file("evidence/.incoming"))
        #expect(left.isEmpty)
    }

    @Test(arguments: [
        "", "/", "/etc/passwd", "..", "../secret", "2026-02-01/../../secret", "2026-02-01/./x", "a//b", "a/",
        ".incoming/x", "a\0b", "a\nb", "a\\b", String(repeating: "a/", count: 600) + "a",
    ])
    func pathsThatCouldLeadOutAreRefused(path: String) async throws {
        try Data("secret".utf8).write(to: URL(fileURLWithPath: directory.file("secret")))
        let error = await #expect(throws: EvidenceError.self) { try await store.read(path) }
        #expect(error?.code == .refused)
    }

    @Test func symbolicLinksAreNotFollowed() async throws {
        let files = FileManager.default
        let secret = directory.file("secret")
        try files.createDirectory(atPath: secret, withIntermediateDirectories: true)
        try Data("secret".utf8).write(to: URL(fileURLWithPath: secret + "/file.jpg"))
        let day = directory.file("evidence/2026-02-01")
        try files.createDirectory(atPath: day, withIntermediateDirectories: true)
        try files.createSymbolicLink(atPath: day + "/linked", withDestinationPath: secret)
        try files.createSymbolicLink(atPath: day + "/file.jpg", withDestinationPath: secret + "/file.jpg")
        for path in ["2026-02-01/linked/file.jpg", "2026-02-01/file.jpg"] {
            let error = await #expect(throws: EvidenceError.self) { try await store.read(path) }
            #expect(error?.code == .refused)
        }
        // Nor written through.
        try files.createSymbolicLink(atPath: day + "/\(incident)", withDestinationPath: secret)
        let error = await #expect(throws: EvidenceError.self) {
            try await store.storeSnapshot([1], of: incident, startingAt: self.day, time: self.day)
        }
        #expect(error?.code == .refused)
        #expect(try files.contentsOfDirectory(atPath: secret) == ["file.jpg"])
    }

    @Test func whatIsNoFileIsRefused() async throws {
        let folder = directory.file("evidence/2026-02-01")
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(mkfifo(folder + "/pipe", 0o600) == 0)
        for path in ["2026-02-01", "2026-02-01/pipe"] {
            let error = await #expect(throws: EvidenceError.self) { try await store.read(path) }
            #expect(error?.code == .refused, "\(path)")
        }
        let missing = await #expect(throws: EvidenceError.self) { try await store.read("2026-02-01/x/snapshot.jpg") }
        #expect(missing?.code == .notFound)
    }

    @Test func alteredFilesAreNoEvidence() async throws {
        let item = try await store.storeSnapshot([1, 2, 3], of: incident, startingAt: day, time: day)
        try Data([1, 2, 4]).write(to: URL(fileURLWithPath: directory.file("evidence/" + item.path)))
        let error = await #expect(throws: EvidenceError.self) { try await store.read(item) }
        #expect(error?.code == .altered)
    }

    @Test func nonsenseIsRefused() async throws {
        for (jpeg, id) in [([], "a"), ([1], ""), ([1], "../x"), ([1], ".x"), ([1], "a/b")] as [([UInt8], String)] {
            let error = await #expect(throws: EvidenceError.self) {
                try await store.storeSnapshot(jpeg, of: IncidentID(id), startingAt: day, time: day)
            }
            #expect(error?.code == .invalid)
        }
    }

    @Test func whatACrashLeftIsSweptAndReadersChangeNothing() async throws {
        let half = directory.file("evidence/.incoming/half.jpg")
        try Data([1]).write(to: URL(fileURLWithPath: half))
        let reader = try EvidenceStore(directory: directory.file("evidence"), readOnly: true)
        #expect(FileManager.default.fileExists(atPath: half))
        let error = await #expect(throws: EvidenceError.self) {
            try await reader.storeSnapshot([1], of: incident, startingAt: day, time: day)
        }
        #expect(error?.code == .forbidden)
        _ = try EvidenceStore(directory: directory.file("evidence"))
        #expect(!FileManager.default.fileExists(atPath: half))
    }

    @Test func systemErrorsBecomeSentences() {
        let codes: [(Int32, EvidenceError.Code)] = [
            (ENOSPC, .diskFull), (EDQUOT, .diskFull), (EACCES, .forbidden), (EROFS, .forbidden), (ENOENT, .notFound),
            (ELOOP, .refused), (EIO, .inputOutput),
        ]
        for (number, code) in codes {
            let error = SystemFile.failure(number, "2026-02-01/x")
            #expect(error.code == code)
            #expect(error.description.contains("'2026-02-01/x'") && error.description.hasSuffix("."))
        }
    }
}
