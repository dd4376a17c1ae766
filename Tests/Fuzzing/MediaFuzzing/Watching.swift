public import Domain
public import Media
import PixelKernels

/// Small pictures: what is looked for are faults of the reader, not the speed of decoders.
public let smallPictures: StreamOptions = {
    var options = StreamOptions(openTimeout: .seconds(5), readTimeout: .seconds(5), maximumPixels: 1 << 18)
    options.keepsSound = true
    return options
}()

/// Reads what `open` opens as a camera is read, decodes its pictures, and holds what comes of it to what is promised.
public func watch(_ open: () throws(MediaError) -> Demuxer) {
    do throws(MediaError) {
        var demuxer = try open()
        var decoder = try Decoder(demuxer.info.parameters, options: smallPictures)
        for _ in 0..<60 {
            guard let packet = try demuxer.read() else { break }
            precondition(packet.byteCount > 0 && !(packet.isSound && packet.isKeyframe))
            if !packet.isSound { decoder.decode(packet) { frame in look(at: frame) } }
        }
        decoder.flush { frame in look(at: frame) }
    } catch {
        precondition(!error.problem.isEmpty && !error.remedy.isEmpty)
    }
}

/// Reads every sample, so that a plane that is smaller than it says shows as a fault of memory.
private func look(at frame: borrowing VideoFrame) {
    precondition(frame.width > 0 && frame.height > 0 && frame.width * frame.height <= smallPictures.maximumPixels)
    frame.withPicture { picture in
        let luma = picture.luma
        precondition(luma.width == frame.width && luma.height == frame.height)
        var sum = 0
        for y in 0..<luma.height {
            let row = luma.row(y)
            for x in row.indices { sum &+= Int(row[x]) }
        }
        precondition(sum <= 255 * luma.width * luma.height)
    }
}

/// The moment at which everything is fuzzed.
public struct StandingClock: HostClock {
    public init() {}
    public func wall() -> MediaTime { MediaTime(seconds: 1_795_305_600) }
    public func monotonic() -> Duration { .seconds(1_000) }
}
