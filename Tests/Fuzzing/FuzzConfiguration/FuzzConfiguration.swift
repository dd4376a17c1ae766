import SiteConfiguration

/// Any text as a configuration: it is taken or refused with faults that name a place, and never ends the process.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzConfiguration(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let text = String(decoding: UnsafeBufferPointer(start: bytes, count: count), as: UTF8.self)
    let environment = ["LOOKOUT_TOKEN": "0123456789abcdef0123456789abcdef"]
    do {
        let settings = try SiteSettings.parse(text, file: "streams.yaml", environment: environment)
        precondition(!settings.cameras.isEmpty)
        for camera in settings.cameras { precondition(camera.canonicalText == camera.canonicalText) }
    } catch {
        precondition(!error.faults.isEmpty)
        for fault in error.faults {
            precondition(fault.line > 0 && fault.column > 0 && !fault.problem.isEmpty && !fault.remedy.isEmpty)
            precondition(!"\(fault)".contains(environment["LOOKOUT_TOKEN"] ?? "?"))
        }
    }
    return 0
}
