import Domain
import Foundation
import JournalTestSupport
import Testing

@testable import Evidence

@Suite struct ClipAdoptionTests {
    let directory: TemporaryDirectory
    let store: EvidenceStore
    /// 2026-02-01T00:00:00Z.
    let day = MediaTime(seconds: 1_769_904_000)
    let details = ClipDetails(
        part: 1, durationMicroseconds: 1, codec: "h264", width: 64, height: 48, isWebReady: true)

    init() throws {
        directory = try TemporaryDirectory()
        store = try EvidenceStore(directory: directory.file("evidence"))
    }

    private var clip: UnfinishedClip {
        UnfinishedClip(
            incident: IncidentID("gate-motion-1"), part: 3, incidentStart: day, firstTime: day - .seconds(5))
    }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func aClipIsNamedByItsPartAndWhatItHolds() async throws {
        let bytes = [UInt8]((0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        try Data([1]).write(to: URL(fileURLWithPath: store.path(of: clip)))
        for _ in 0..<2 {
            // A crash between adoption and journal makes it twice.
            try Data(bytes).write(to: URL(fileURLWithPath: store.path(finishing: clip)))
            let item = try store.adopt(clip, details: details)
            #expect(item.path == "2026-02-01/gate-motion-1/clip-3.mp4")
            #expect(item.bytes == bytes.count && item.sha256 == ContentHash.sha256Hexadecimal(bytes))
            #expect(item.time == day - .seconds(5) && item.clip == details)
        }
        #expect(store.unfinishedClips() == [clip])
        store.forget(clip)
        let file = try await store.open("2026-02-01/gate-motion-1/clip-3.mp4")
        #expect(!exists(store.path(of: clip)))
        #expect(file.byteCount == bytes.count)
        #expect(try await file.read(10..<20) == Array(bytes[10..<20]))
        #expect(try await file.read(bytes.count - 3..<bytes.count + 9) == Array(bytes.suffix(3)))
        // Whoever plays it plays it to its end, even if retention takes it meanwhile.
        try FileManager.default.removeItem(atPath: directory.file("evidence/2026-02-01"))
        #expect(try await file.read(0..<4) == Array(bytes.prefix(4)))
    }

    @Test(arguments: [
        "x.mp4", "a~1~2.mp4", "a~0~2~3.mp4", "../a~1~2~3.mp4", "a b~1~2~3.mp4", "a~1~2~3", "a~1~2~3.mp4.whole",
        "a~1~2~3~.mp4", "a~1~2~3~snapshot.mp4", "a~1~2~3~disk-full~timelapse.mp4", "a~1~2~3~disk-full~disk-full.mp4",
    ])
    func strangeNamesAreNoClips(name: String) { #expect(UnfinishedClip(fileName: name) == nil) }

    @Test func aNameTellsEverything() {
        for kind in [EvidenceItem.Kind.clip, .timelapse] {
            for truncation in ClipTruncation.allCases.map(Optional.some) + [nil] {
                var clip = clip
                (clip.kind, clip.truncation) = (kind, truncation)
                #expect(UnfinishedClip(fileName: clip.fileName) == clip)
            }
        }
    }

    @Test func aMarkOutlivesWhoeverMadeIt() throws {
        try Data([1]).write(to: URL(fileURLWithPath: store.path(of: clip)))
        let marked = store.mark(clip, as: .diskFull)
        #expect(marked.truncation == .diskFull && store.unfinishedClips() == [marked])
        #expect(exists(store.path(of: marked)) && !exists(store.path(of: clip)))
        // What is not there keeps its name.
        #expect(store.mark(clip, as: .diskFull) == clip)
    }

    @Test func copiesAreFoundByTheirOriginal() async throws {
        let hash = String(repeating: "a", count: 64)
        await #expect(throws: EvidenceError.self) { try await store.openCopy(of: hash) }
        try Data([1, 2, 3]).write(to: URL(fileURLWithPath: store.path(ofCopyOf: hash)))
        #expect(try await store.openCopy(of: hash).byteCount == 3)
    }
}
