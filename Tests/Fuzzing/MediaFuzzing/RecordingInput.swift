@testable public import Media

/// A recording that lies in memory, read through the custom I/O of the demuxer.
public func recording(_ bytes: [UInt8]) throws(MediaError) -> Demuxer {
    try Demuxer(
        reading: MemoryStream(MemoryFile(bytes)), options: smallPictures, stop: StopFlag(), clock: StandingClock())
}
