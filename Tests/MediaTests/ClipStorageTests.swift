import Domain
import Foundation
import Glibc
import Testing

@testable import Media

/// What clips are read from and written to fails in the middle.
struct ClipStorageTests {
    /// Files of the disk, of which reading or writing fails once so many bytes have passed.
    private struct FailingStorage: ClipStorage {
        var readableBytes = Int64.max
        var writableBytes = Int64.max

        func open(_ path: String) throws(StorageFault) -> any ByteStream {
            FailingStream(try LocalDisk().open(path), limit: readableBytes, status: -Int(EIO))
        }

        func create(_ path: String) throws(StorageFault) -> any ByteStream {
            FailingStream(try LocalDisk().create(path), limit: writableBytes, status: -Int(ENOSPC))
        }

        func remove(_ path: String) { LocalDisk().remove(path) }
    }

    private final class FailingStream: ByteStream {
        private let stream: any ByteStream
        private let limit: Int64
        private let status: Int

        init(_ stream: any ByteStream, limit: Int64, status: Int) {
            self.stream = stream
            self.limit = limit
            self.status = status
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
            stream.place < limit ? stream.read(into: buffer) : status
        }

        func write(_ bytes: UnsafeRawBufferPointer) -> Int {
            stream.place + Int64(bytes.count) <= limit ? stream.write(bytes) : status
        }

        func seek(to place: Int64) -> Int64 { stream.seek(to: place) }
        var place: Int64 { stream.place }
        var size: Int64 { stream.size }
    }

    /// A clip of 8 s with fragments of a second each, as `ClipWriter` leaves it.
    private func unfinished(in folder: Scratch) throws -> String {
        let path = folder.path("raw.mp4")
        try Command.run(
            "ffmpeg",
            [
                "-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=d=8:s=640x360:r=10", "-c:v", "libx264",
                "-qp", "10", "-g", "10", "-bf", "0", "-movflags", "empty_moov+default_base_moof+frag_keyframe", path,
            ])
        return path
    }

    private func size(_ path: String) throws -> Int64 { try LocalDisk().open(path).size }

    @Test(arguments: [0, 0.3, 0.7])
    func aDiskThatRunsFullLeavesNothingBehind(share: Double) throws {
        let folder = try Scratch()
        let source = try unfinished(in: folder)
        let limit = Int64(Double(try size(source)) * share)
        let error = #expect(throws: MediaError.self) {
            try ClipFile.finish(source, to: folder.path("clip.mp4"), in: FailingStorage(writableBytes: limit))
        }
        #expect(error?.code == .storage && error?.isDiskFull == true)
        #expect(!FileManager.default.fileExists(atPath: folder.path("clip.mp4")))
    }

    @Test func whatCannotBeReadIsLeftOut() throws {
        let folder = try Scratch()
        let source = try unfinished(in: folder)
        let whole = try ClipFile.finish(source, to: folder.path("whole.mp4"))
        let part = try ClipFile.finish(
            source, to: folder.path("part.mp4"), in: FailingStorage(readableBytes: try size(source) / 2))
        #expect(whole.pictures == 80 && whole.isComplete)
        #expect(part.pictures >= 20 && part.pictures < 60 && !part.isComplete)
        #expect(try Reading(folder.path("part.mp4")).times.count == part.pictures)
    }

    /// Retention may delete a segment while somebody is given a part of it.
    @Test func aFileThatIsDeletedMeanwhileIsReadToItsEnd() throws {
        let folder = try Scratch()
        let source = try unfinished(in: folder)
        let reader = try ClipReader(path: source)
        LocalDisk().remove(source)
        var pictures = 0
        while let packet = try reader.read() { pictures += packet.isSound ? 0 : 1 }
        #expect(pictures == 80)
    }

    /// The bytes of a clip, and where boxes of that name begin in it.
    private func places(of name: String, in bytes: [UInt8]) -> [Int] {
        let wanted = Array(name.utf8)
        return bytes.indices.dropLast(3).filter { bytes[$0] == wanted[0] && bytes[$0..<$0 + 4].elementsEqual(wanted) }
    }

    private func write(_ number: UInt32, at place: Int, into bytes: inout [UInt8]) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: number >> (24 - 8 * UInt32(index))) }
    }

    /// FFmpeg alone makes room for half a billion samples, or takes seconds for it.
    @Test(arguments: [UInt32(0x1FFF_FFFF), 0x0800_0000])
    func aRunThatClaimsMoreThanTheFileHoldsIsLeftOut(claim: UInt32) throws {
        let folder = try Scratch()
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: unfinished(in: folder))))
        let whole = bytes
        let runs = places(of: "trun", in: bytes)
        try #require(runs.count == 8)
        write(claim, at: runs[4] + 8, into: &bytes)
        for hasTable in [true, false] {
            if !hasTable { write(0x0000_0001, at: runs[4] + 4, into: &bytes) }
            try Data(bytes).write(to: folder.url.appending(path: "claims.mp4"))
            let begun = ContinuousClock.now
            let facts = try ClipFile.finish(folder.path("claims.mp4"), to: folder.path("kept.mp4"))
            #expect(facts.pictures == 40 && !facts.isComplete)
            #expect(ContinuousClock.now - begun < .seconds(1))
        }
        bytes = whole
        write(0xFFFF_FFFF, at: runs[0] + 8, into: &bytes)
        try Data(bytes).write(to: folder.url.appending(path: "claims.mp4"))
        let error = #expect(throws: MediaError.self) {
            try ClipFile.finish(folder.path("claims.mp4"), to: folder.path("kept.mp4"))
        }
        #expect(error?.code == .unreadable)
    }

    /// FFmpeg alone takes half a second for each of its fragments.
    @Test func fragmentsOfATrackThatTheFileDoesNotHaveAreLeftOut() throws {
        let folder = try Scratch()
        var bytes = try [UInt8](Data(contentsOf: URL(filePath: unfinished(in: folder))))
        let fragments = places(of: "tfhd", in: bytes)
        try #require(fragments.count == 8)
        write(7, at: fragments[2] + 8, into: &bytes)
        try Data(bytes).write(to: folder.url.appending(path: "strange.mp4"))
        let facts = try ClipFile.finish(folder.path("strange.mp4"), to: folder.path("kept.mp4"))
        #expect(facts.pictures == 20 && !facts.isComplete)
    }

    @Test func anIndexThatClaimsMoreThanTheFileHoldsIsNotBelieved() throws {
        let folder = try Scratch()
        _ = try ClipFile.finish(unfinished(in: folder), to: folder.path("whole.mp4"))
        let whole = try [UInt8](Data(contentsOf: URL(filePath: folder.path("whole.mp4"))))
        #expect(try ClipFile.facts(of: folder.path("whole.mp4")).pictures == 80)
        var bytes = whole
        let sizes = try #require(places(of: "stsz", in: bytes).first)
        write(1, at: sizes + 8, into: &bytes)
        write(0x0800_0000, at: sizes + 12, into: &bytes)
        try Data(bytes).write(to: folder.url.appending(path: "claims.mp4"))
        let error = #expect(throws: MediaError.self) { try ClipFile.facts(of: folder.path("claims.mp4")) }
        #expect(error?.code == .unreadable)
        // Boxes that are none, and a file of none, end where they end.
        for count in [0, 7, 9, 40] {
            let stream = try LocalDisk().create(folder.path("short.mp4"))
            _ = unsafe Array(whole.prefix(count)).withUnsafeBytes { unsafe stream.write($0) }
            #expect(ClipClaims.believable(stream) == Int64(count) && stream.place == 0)
        }
    }
}
