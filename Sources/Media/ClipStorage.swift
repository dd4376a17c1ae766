/// Where clips are read and written, by path.
protocol ClipStorage: Sendable {
    /// - Throws: what the system says of it.
    func open(_ path: String) throws(StorageFault) -> any ByteStream

    /// Makes or empties it.
    /// - Throws: what the system says of it.
    func create(_ path: String) throws(StorageFault) -> any ByteStream

    func remove(_ path: String)
}

/// Why a file cannot be opened.
struct StorageFault: Error {
    /// `-errno`, as FFmpeg has it.
    var status: Int32
}
