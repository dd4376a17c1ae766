internal import CFFmpeg

/// Hands a `ByteStream` to FFmpeg as custom I/O. It must outlive the format context that uses it, which leaves it open.
@safe
final class StreamBridge {
    /// What FFmpeg keeps an unowned pointer to.
    private final class Holder {
        let stream: any ByteStream

        init(_ stream: any ByteStream) { self.stream = stream }
    }

    enum Use: Int {
        case reading = 32_768
        /// Larger pieces: they go to disks that many cameras write to.
        case writing = 262_144
    }

    let io: UnsafeMutablePointer<AVIOContext>
    private let holder: Holder

    /// - Returns: `nil` when memory is short.
    init?(_ stream: any ByteStream, for use: Use) {
        holder = Holder(stream)
        guard let buffer = unsafe av_malloc(use.rawValue) else { return nil }
        let made = unsafe avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(use.rawValue), use == .writing ? 1 : 0,
            Unmanaged.passUnretained(holder).toOpaque(),
            { opaque, bytes, count in
                guard let stream = unsafe StreamBridge.stream(opaque), let bytes = unsafe bytes else { return -EINVAL }
                let buffer = unsafe UnsafeMutableRawBufferPointer(start: bytes, count: Int(count))
                let read = unsafe stream.read(into: buffer)
                return read == 0 ? lookout_error_end : Int32(read)
            },
            { opaque, bytes, count in
                guard let stream = unsafe StreamBridge.stream(opaque), let bytes = unsafe bytes else { return -EINVAL }
                let status = unsafe stream.write(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
                return status < 0 ? Int32(status) : count
            },
            { opaque, offset, whence in
                guard let stream = unsafe StreamBridge.stream(opaque) else { return -Int64(EINVAL) }
                return StreamBridge.seek(stream, offset, whence & ~AVSEEK_FORCE)
            })
        guard let made = unsafe made else {
            unsafe av_free(buffer)
            return nil
        }
        unsafe io = made
    }

    deinit {
        // FFmpeg may have put another buffer in place of the first.
        unsafe av_free(io.pointee.buffer)
        var doomed: UnsafeMutablePointer<AVIOContext>? = unsafe io
        unsafe avio_context_free(&doomed)
    }

    private static func stream(_ opaque: UnsafeMutableRawPointer?) -> (any ByteStream)? {
        unsafe opaque.map { unsafe Unmanaged<Holder>.fromOpaque($0).takeUnretainedValue().stream }
    }

    private static func seek(_ stream: any ByteStream, _ offset: Int64, _ whence: Int32) -> Int64 {
        let base: Int64
        switch whence {
        case AVSEEK_SIZE: return stream.size
        case SEEK_SET: base = 0
        case SEEK_CUR: base = stream.place
        case SEEK_END: base = stream.size
        default: return -Int64(EINVAL)
        }
        guard base >= 0 else { return base }
        let (place, isTooFar) = base.addingReportingOverflow(offset)
        return isTooFar || place < 0 ? -Int64(EINVAL) : stream.seek(to: place)
    }
}
