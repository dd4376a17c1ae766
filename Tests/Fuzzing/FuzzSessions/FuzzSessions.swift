import Domain
import Glibc
import Media
import MediaFuzzing

/// Any bytes as all that a camera says over its RTSP connection, answers as well as interleaved packets: whatever it is,
/// the session is watched until it ends or is refused.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSessions(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let camera = Camera.shared
    camera.say(Array(UnsafeBufferPointer(start: bytes, count: count)))
    watch { () throws(MediaError) in
        try Demuxer(
            opening: SourceAddress("rtsp://127.0.0.1:\(camera.port)/camera"), options: smallPictures, stop: StopFlag(),
            clock: RunningClock())
    }
    return 0
}

private struct RunningClock: HostClock {
    func wall() -> MediaTime { MediaTime(seconds: 1_795_305_600) + monotonic() }
    func monotonic() -> Duration {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return .seconds(now.tv_sec) + .nanoseconds(now.tv_nsec)
    }
}
