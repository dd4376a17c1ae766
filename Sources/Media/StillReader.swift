internal import CFFmpeg
import Domain
import Foundation

/// Reads a folder of numbered stills as a recording.
final class StillReader: PacketSource {
    /// No camera's still is larger; a larger file is passed over.
    private static let mostBytes = 256 << 20

    private let folder: String
    private let address: StreamAddress
    private let sequence: StillSequence
    private let stop: StopFlag
    private let perSecond: Double
    private var next = 0
    let info: StreamInfo
    private(set) var unreadable = 0
    var lost: Int? { nil }

    static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    init(_ address: StreamAddress, options: StreamOptions, stop: StopFlag) throws(MediaError) {
        self.address = address
        self.stop = stop
        folder = address.path
        let rate = options.stillsPerSecond ?? 25
        guard rate > 0, rate.isFinite else {
            throw MediaError(
                code: .unreadable, problem: "\(address.printable): \(rate) stills a second is no rate",
                remedy: "Give a rate above 0, as with --rate 10")
        }
        perSecond = rate
        do {
            sequence = try StillSequence(folder: address.path)
        } catch {
            throw MediaError(
                code: .unreadable, problem: "\(address.printable): the folder cannot be read",
                remedy: "Give this user the right to read it", status: -EACCES)
        }
        guard let last = sequence.stills.last else {
            throw MediaError(
                code: .unreadable, problem: "\(address.printable): the folder holds no stills",
                remedy: "Choose a folder of numbered pictures, such as in000001.jpg, in000002.jpg")
        }
        let parameters = try Self.parameters(of: sequence, in: address, options: options)
        info = StreamInfo(
            codec: parameters.codec, profile: "", width: parameters.width, height: parameters.height,
            nominalFramesPerSecond: rate, isLive: false, durationSeconds: Double(last.position + 1) / rate,
            frameCount: sequence.stills.count, missingStills: sequence.missing, parameters: parameters)
    }

    /// Those of the first still that can be read.
    private static func parameters(
        of sequence: StillSequence, in address: StreamAddress, options: StreamOptions
    ) throws(MediaError) -> CodecParameters {
        var failure: MediaError?
        for still in sequence.stills.prefix(20) {
            do {
                let file = try StreamAddress(SourceAddress("\(address.path)/\(still.name)"))
                let reader = try ContainerReader.open(
                    file, options: options, stop: StopFlag(), clock: UnlimitedTime())
                return reader.info.parameters
            } catch {
                if failure == nil { failure = error }
            }
        }
        throw failure ?? ContainerReader.outOfMemory(address)
    }

    func read() throws(MediaError) -> Packet? {
        while next < sequence.stills.count {
            if stop.isRaised { throw .stopped(address) }
            let still = sequence.stills[next]
            next += 1
            let path = "\(folder)/\(still.name)"
            let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
            guard size > 0, size <= Self.mostBytes, let bytes = FileManager.default.contents(atPath: path) else {
                unreadable += 1
                continue
            }
            let time = MediaTime(seconds: Double(still.position) / perSecond)
            let captureTime = CaptureTime(time: time, uncertainty: .zero)
            guard let packet = Packet(bytes: [UInt8](bytes), captureTime: captureTime, isKeyframe: true) else {
                throw ContainerReader.outOfMemory(address)
            }
            return packet
        }
        return nil
    }

    /// Reading one local file needs no deadline.
    private struct UnlimitedTime: HostClock {
        func wall() -> MediaTime { .zero }
        func monotonic() -> Duration { .zero }
    }
}
