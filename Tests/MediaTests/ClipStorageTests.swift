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
}
