import Domain
import Foundation
import Testing

@testable import Media

@Suite struct DecodeFolderTests {
    /// Pictures that another decoder (the `ffprobe` command line) finds in each clip. Of those that are damaged on
    /// purpose at least one.
    private static let damaged: Set<String> = ["BA_MW_D_IDR_LOST.264", "Error_I_P.264"]

    @Test func everyClipIsDecodedToItsEnd() throws {
        guard let folder = Footage.shared("decode") else { return }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() {
            let reading = try Reading(folder.appending(path: name).path)
            let size = reading.sizes.map { "\($0[0])x\($0[1])" }.sorted().joined(separator: "/")
            print(
                name, reading.info.codec, reading.info.profile, size, "frames", reading.counters.frames,
                "packets", reading.packets, "disposable", reading.disposable, "errors", reading.counters.errors,
                "corrupt", reading.counters.corruptFrames, reading.ranges.sorted().joined(separator: "/"))
            #expect(reading.counters.frames > 0, "\(name)")
            #expect(reading.times == reading.times.sorted(), "\(name): pictures in order")
            #expect(Set(reading.times).count == reading.times.count, "\(name): no two pictures at one time")
            if !Self.damaged.contains(name) {
                #expect(reading.counters.errors == 0, "\(name)")
                let expected = try Self.framesByProbe(folder.appending(path: name).path)
                #expect(reading.counters.frames == expected, "\(name)")
            }
        }
    }

    private static func framesByProbe(_ path: String) throws -> Int {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [
            "ffprobe", "-v", "quiet", "-threads", "1", "-count_frames", "-select_streams", "v:0", "-show_entries",
            "stream=nb_read_frames", "-of", "csv=p=0", path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Int(text.split(whereSeparator: { !$0.isNumber }).first ?? "") ?? 0
    }
}
