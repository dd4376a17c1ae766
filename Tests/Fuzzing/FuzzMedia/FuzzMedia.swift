import Media
import MediaFuzzing

/// Any bytes as a recording: its pictures and its sound are read to the end or until it is refused.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzMedia(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: bytes, count: count))
    watch { () throws(MediaError) in try recording(input) }
    return 0
}
