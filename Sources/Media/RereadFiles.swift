internal import CFFmpeg

/// Opens, for a muxer, what it has written, so that it can put the index of a file in front of its pictures.
final class RereadFiles {
    private let storage: any ClipStorage
    private var bridges: [StreamBridge] = []

    init(_ storage: any ClipStorage) { self.storage = storage }

    /// Unsafe because the context keeps an unowned pointer to this object, which must outlive it.
    @unsafe func serve(_ context: UnsafeMutablePointer<AVFormatContext>) {
        unsafe context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        unsafe context.pointee.io_open = { context, target, url, flags, _ in
            guard let files = unsafe RereadFiles.of(context), let target = unsafe target, let url = unsafe url,
                flags & AVIO_FLAG_WRITE == 0
            else { return -EINVAL }
            return unsafe files.open(String(cString: url), &target.pointee)
        }
        unsafe context.pointee.io_close2 = { context, io in
            guard let files = unsafe RereadFiles.of(context), let io = unsafe io else { return -EINVAL }
            files.bridges.removeAll { unsafe $0.io == io }
            return 0
        }
    }

    private static func of(_ context: UnsafeMutablePointer<AVFormatContext>?) -> RereadFiles? {
        guard let opaque = unsafe context?.pointee.opaque else { return nil }
        return unsafe Unmanaged<RereadFiles>.fromOpaque(opaque).takeUnretainedValue()
    }

    private func open(_ path: String, _ target: inout UnsafeMutablePointer<AVIOContext>?) -> Int32 {
        do throws(StorageFault) {
            guard let bridge = StreamBridge(try storage.open(path), for: .reading) else { return -ENOMEM }
            bridges.append(bridge)
            unsafe target = bridge.io
            return 0
        } catch {
            return error.status
        }
    }
}
