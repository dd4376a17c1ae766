internal import CFFmpeg
public import Domain

/// One compressed picture, or a piece of sound, as it was read.
///
/// `@unchecked Sendable`: the handle is the packet's only owner, and libavutil counts the references of the bytes
/// atomically.
@safe
public struct Packet: ~Copyable, @unchecked Sendable {
    let raw: UnsafeMutablePointer<AVPacket>
    /// A piece of sound. It is never a keyframe, and no `Decoder` takes it.
    public let isSound: Bool
    /// Decoding can start here.
    public let isKeyframe: Bool
    /// No other picture needs this one to be decoded.
    public let isDisposable: Bool
    /// When the picture was taken. In the order of decoding these go up and down where pictures are reordered.
    public let captureTime: CaptureTime
    /// The camera's own clock minus `captureTime`, where the camera sends its clock (RTCP sender reports). Cameras'
    /// clocks lie: it is for the record.
    public let cameraTimeOffset: Duration?
    /// The stream had no presentation time for this packet: its time counts in decoding order.
    let isTimedInDecodingOrder: Bool

    /// Takes over `raw`.
    init(
        adopting raw: UnsafeMutablePointer<AVPacket>, isDisposable: Bool, captureTime: CaptureTime,
        cameraTimeOffset: Duration?, isTimedInDecodingOrder: Bool, isSound: Bool = false
    ) {
        unsafe self.raw = raw
        self.isSound = isSound
        isKeyframe = unsafe !isSound && raw.pointee.flags & AV_PKT_FLAG_KEY != 0
        self.isDisposable = isDisposable
        self.captureTime = captureTime
        self.cameraTimeOffset = cameraTimeOffset
        self.isTimedInDecodingOrder = isTimedInDecodingOrder
    }

    /// A packet of given bytes, for sources that are not a `Demuxer`.
    /// - Returns: `nil` when memory is short.
    public init?(bytes: [UInt8], captureTime: CaptureTime, isKeyframe: Bool, isDisposable: Bool = false) {
        guard let raw = unsafe av_packet_alloc() else { return nil }
        guard bytes.count < Int32.max - 1024, unsafe av_new_packet(raw, Int32(bytes.count)) >= 0 else {
            var doomed: UnsafeMutablePointer<AVPacket>? = unsafe raw
            unsafe av_packet_free(&doomed)
            return nil
        }
        if let data = unsafe raw.pointee.data {
            _ = unsafe UnsafeMutableBufferPointer(start: data, count: bytes.count).update(fromContentsOf: bytes)
        }
        unsafe raw.pointee.flags = isKeyframe ? AV_PKT_FLAG_KEY : 0
        unsafe self.init(
            adopting: raw, isDisposable: isDisposable, captureTime: captureTime, cameraTimeOffset: nil,
            isTimedInDecodingOrder: false)
    }

    /// The same picture of other bytes.
    /// - Returns: `nil` when memory is short.
    func replacing(_ bytes: [UInt8]) -> Packet? {
        guard
            let copy = Packet(
                bytes: bytes, captureTime: captureTime, isKeyframe: isKeyframe, isDisposable: isDisposable),
            unsafe av_packet_copy_props(copy.raw, raw) >= 0
        else { return nil }
        return copy
    }

    deinit {
        var doomed: UnsafeMutablePointer<AVPacket>? = unsafe raw
        unsafe av_packet_free(&doomed)
    }

    public var byteCount: Int { unsafe max(0, Int(raw.pointee.size)) }

    /// The compressed bytes, valid inside `body` only.
    public func withBytes<R: ~Copyable, E>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        let bytes = unsafe UnsafeBufferPointer(start: raw.pointee.data, count: byteCount)
        return try body(unsafe bytes.span)
    }

    /// Another handle on the same bytes.
    /// - Returns: `nil` when memory is short.
    public func share() -> Packet? {
        guard let copy = unsafe av_packet_clone(raw) else { return nil }
        return unsafe Packet(
            adopting: copy, isDisposable: isDisposable, captureTime: captureTime, cameraTimeOffset: cameraTimeOffset,
            isTimedInDecodingOrder: isTimedInDecodingOrder, isSound: isSound)
    }
}
