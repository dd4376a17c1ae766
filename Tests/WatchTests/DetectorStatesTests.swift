import Domain
import Foundation
import Logging
import Testing

@testable import Watch

/// What detectors learned comes back from disk as it was, or not at all.
@Suite struct DetectorStatesTests {
    private static let camera = CameraID("tower-3")

    private func withFolder(_ body: (URL, DetectorStates) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "states-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder, DetectorStates(directory: folder.path(), logger: Logger(label: "test")))
    }

    @Test func theNewestStateComesBack() async throws {
        try await withFolder { folder, states in
            #expect(states.load(Self.camera) == nil)
            for size in [10, 100_000, 3] { states.keep((0..<size).map { UInt8($0 & 255) }, of: Self.camera) }
            states.keep([1, 2], of: CameraID("tower-4"))
            await states.finish()
            #expect(states.load(Self.camera) == [0, 1, 2])
            #expect(states.load(CameraID("tower-4")) == [1, 2])
            let files = try FileManager.default.contentsOfDirectory(atPath: folder.path())
            #expect(files.count == 2, "nothing unfinished is left: \(files)")
        }
    }

    @Test func aDamagedFileIsNotTrusted() async throws {
        try await withFolder { folder, states in
            states.keep([UInt8](repeating: 7, count: 500), of: Self.camera)
            await states.finish()
            let file = folder.appending(path: "tower-3.smoke")
            let whole = try Data(contentsOf: file)
            for place in [0, 30, whole.count - 1] {
                var changed = whole
                changed[place] ^= 4
                try changed.write(to: file)
                #expect(states.load(Self.camera) == nil, "byte \(place) is another one")
            }
            for count in [0, 10, whole.count - 1] {
                try whole.prefix(count).write(to: file)
                #expect(states.load(Self.camera) == nil, "\(count) bytes of it")
            }
            try whole.write(to: file)
            #expect(states.load(Self.camera)?.count == 500)
        }
    }

    @Test func whereNothingCanBeWrittenNothingIsLostButTheState() async throws {
        let states = DetectorStates(directory: "/dev/null/states", logger: Logger(label: "test"))
        states.keep([1], of: Self.camera)
        await states.finish()
        #expect(states.load(Self.camera) == nil)
    }
}
