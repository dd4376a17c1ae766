import Domain
import Foundation
import Testing

@testable import Media

/// What cameras do with their parameter sets between keyframes, and what that means for clips.
struct ParameterSetTests {
    private static let codecs = [
        ["libx264", "-bsf:v", "h264_mp4toannexb"], ["libx265", "-x265-params", "log-level=0:repeat-headers=1"],
    ]

    /// Two seconds with start codes, a keyframe each second, parameter sets before each.
    private func source(_ folder: Scratch, _ codec: [String], size: String = "320x240") throws -> String {
        let path = folder.path("\(size).ts")
        try Command.run(
            "ffmpeg",
            ["-nostdin", "-v", "error", "-y", "-f", "lavfi", "-i", "testsrc=d=2:s=\(size):r=10", "-pix_fmt", "yuv420p"]
                + ["-c:v"] + codec + ["-g", "10", path])
        return path
    }

    private func open(_ path: String) throws -> Demuxer {
        try Demuxer(opening: SourceAddress(path), stop: StopFlag(), clock: SystemTime())
    }

    /// The units of a packet with start codes, without them.
    private func units(_ bytes: [UInt8]) -> [[UInt8]] {
        var units: [[UInt8]] = []
        var rest = bytes[...]
        while let code = rest.firstRange(of: [0, 0, 1]) {
            if !units.isEmpty { units[units.count - 1] = Array(rest[..<code.lowerBound]) }
            units.append([])
            rest = rest[code.upperBound...]
        }
        if !units.isEmpty { units[units.count - 1] = Array(rest) }
        return units.map { unit in Array(unit.reversed().drop { $0 == 0 }.reversed()) }
    }

    private struct NoPacket: Error {}

    private func packet(_ units: [[UInt8]], like model: borrowing Packet) throws -> Packet {
        guard let packet = model.replacing(units.flatMap { [0, 0, 1] + $0 }) else { throw NoPacket() }
        return packet
    }

    private func next(_ demuxer: inout Demuxer) throws -> Packet {
        guard let packet = try demuxer.read() else { throw NoPacket() }
        return packet
    }

    private func bytes(_ packet: borrowing Packet) -> [UInt8] {
        packet.withBytes { span in
            var bytes: [UInt8] = []
            for index in span.indices { bytes.append(span[index]) }
            return bytes
        }
    }

    @Test(arguments: codecs) func onlyOtherSetsBeginAnotherClip(codec: [String]) throws {
        let folder = try Scratch()
        var demuxer = try open(source(folder, codec))
        let keyframe = try next(&demuxer)
        var writer = try ClipWriter(
            path: folder.path("raw.mp4"), parameters: demuxer.info.parameters, keyframe: keyframe, time: .zero,
            reorderDepth: 0)
        let isHEVC = codec[0] == "libx265"
        let all = units(bytes(keyframe))
        let sets = all.filter { isHEVC ? (32...34).contains($0[0] >> 1 & 63) : (7...8).contains($0[0] & 31) }
        let others = all.filter { !sets.contains($0) }
        #expect(sets.count == (isHEVC ? 3 : 2) && !others.isEmpty)
        let remark: [UInt8] = isHEVC ? [39 << 1, 1, 5, 1, 0x55, 0x80] : [6, 5, 1, 0x55, 0x80]
        let alike: [[[UInt8]]] = [
            all, sets + sets + others, sets.reversed() + others, sets + [remark] + others, others,
            sets.map { $0 + [0, 0] as [UInt8] } + others,
        ]
        for written in alike {
            let next = try packet(written, like: keyframe)
            let isAccepted = writer.accepts(next)
            #expect(isAccepted, "\(written.count) units")
        }
        // Another size is another coding.
        var larger = try open(source(folder, codec, size: "352x288"))
        let other = try next(&larger)
        let takesOther = writer.accepts(other)
        #expect(!takesOther)
        // So is a picture parameter set that nobody knew.
        var changed = sets
        changed[changed.count - 1][changed[changed.count - 1].count - 1] ^= 0x30
        let another = try packet(changed + others, like: keyframe)
        let takesAnother = writer.accepts(another)
        #expect(!takesAnother)
    }

    /// `hvc1` says that all parameter sets stand in the file's front.
    @Test func anHEVCClipHasItsSetsInFrontAndNowhereElse() throws {
        let folder = try Scratch()
        var demuxer = try open(source(folder, Self.codecs[1]))
        let parameters = demuxer.info.parameters
        var writer: ClipWriter?
        while let packet = try demuxer.read() {
            let time = packet.captureTime.time
            if writer == nil {
                writer = try ClipWriter(
                    path: folder.path("raw.mp4"), parameters: parameters, keyframe: packet, time: time,
                    reorderDepth: parameters.reorderDepth)
            } else {
                try writer?.write(packet, time: time)
            }
        }
        if let opened = writer.take() { try opened.close() }
        let facts = try ClipFile.finish(folder.path("raw.mp4"), to: folder.path("clip.mp4"))
        #expect(facts.codec == "hevc" && facts.pictures == 20)
        let tag = try Command.output(
            "ffprobe",
            ["-v", "error", "-show_entries", "stream=codec_tag_string", "-of", "csv=p=0", folder.path("clip.mp4")])
        #expect(tag.hasPrefix("hvc1"))
        let clip = try ClipReader(path: folder.path("clip.mp4"))
        // The arrays of hvcC say that they are complete.
        let content = try Data(contentsOf: URL(filePath: folder.path("clip.mp4")))
        let box = try #require(content.firstRange(of: Data("hvcC".utf8)))
        let record = Array(content[box.upperBound...].prefix(24))
        #expect(record[0] == 1 && record[22] >= 3 && record[23] & 0x80 != 0)
        var types: Set<UInt8> = []
        while let packet = try clip.read() {
            let content = bytes(packet)
            var position = 0
            while position + 5 < content.count {
                types.insert(content[position + 4] >> 1 & 63)
                position += 4 + content[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            }
        }
        #expect(types.isDisjoint(with: 32...34) && types.contains { $0 < 32 }, "\(types)")
        let (before, after) = (try Reading(folder.path("320x240.ts")), try Reading(folder.path("clip.mp4")))
        #expect(after.counters.errors == 0 && after.lumaMeans == before.lumaMeans && after.times.count == 20)
        try ClipProxy.make(of: folder.path("clip.mp4"), to: folder.path("proxy.mp4"), stop: StopFlag())
        #expect(try Reading(folder.path("proxy.mp4")).times.count == 20)
    }
}
