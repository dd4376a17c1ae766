import Domain
import Glibc
import Media
import PixelKernels

/// Any bytes as a recording: its pictures are decoded to the end or until it is refused.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMedia(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let path = "/dev/shm/lookout-fuzz-\(getpid())"
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { return 0 }
    defer { unlink(path) }
    let written = write(file, bytes, count)
    close(file)
    guard written == count else { return 0 }
    let source = SourceAddress(path)
    // Small pictures: what is looked for are faults of the reader, not the speed of decoders.
    let options = StreamOptions(maximumPixels: 1 << 20)
    do throws(MediaError) {
        var demuxer = try Demuxer(opening: source, options: options, stop: StopFlag(), clock: StandingClock())
        var decoder = try Decoder(demuxer.info.parameters, options: options)
        for _ in 0..<40 {
            guard let packet = try demuxer.read() else { break }
            decoder.decode(packet) { frame in look(at: frame) }
        }
        decoder.flush { frame in look(at: frame) }
    } catch {
        precondition(!error.problem.isEmpty && !error.remedy.isEmpty)
    }
    return 0
}

/// Reads every sample, so that a plane that is smaller than it says shows as a fault of memory.
private func look(at frame: borrowing VideoFrame) {
    precondition(frame.width > 0 && frame.height > 0 && frame.width * frame.height <= 1 << 20)
    frame.withPicture { picture in
        let luma = picture.luma
        precondition(luma.width == frame.width && luma.height == frame.height)
        var sum = 0
        for y in 0..<luma.height {
            let row = luma.row(y)
            for x in row.indices { sum += Int(row[x]) }
        }
        precondition(sum <= 255 * luma.width * luma.height)
    }
}

private struct StandingClock: HostClock {
    func wall() -> MediaTime { MediaTime(seconds: 1_795_305_600) }
    func monotonic() -> Duration { .seconds(1_000) }
}
