import Hummingbird

/// One range of a file, as players ask for it when they seek (RFC 9110, 14).
enum ByteRange {
    /// The whole file, or the one range that was asked for. A list of ranges is answered with the whole file, as the
    /// RFC allows.
    static func respond(to request: Request, with file: EvidenceFile, mediaType: String) throws -> Response {
        var response = Response(status: .ok, headers: [.contentType: mediaType])
        let length = file.byteCount
        switch parse(request.headers[.range], length: length) {
        case .whole: response.body = file.body(0..<length)
        case .part(let range):
            response.status = .partialContent
            response.headers[.contentRange] = "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)"
            response.body = file.body(range)
        case .outside:
            throw Problem(
                status: .rangeNotSatisfiable, code: "range-outside", problem: "the file has \(length) bytes",
                remedy: "Ask for a range inside it", headers: [.contentRange: "bytes */\(length)"])
        }
        response.headers[.acceptRanges] = "bytes"
        return response
    }

    enum Part: Equatable { case whole, part(Range<Int>), outside }

    /// A field that is no valid single range is ignored, as the RFC asks.
    static func parse(_ field: String?, length: Int) -> Part {
        guard let field, field.hasPrefix("bytes="), !field.contains(",") else { return .whole }
        let ends = field.dropFirst(6).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else {
            return .whole
        }
        if ends[0].isEmpty {
            guard let count = Int(ends[1]) else { return .whole }
            return count == 0 || length == 0 ? .outside : .part(max(0, length - count)..<length)
        }
        guard let first = Int(ends[0]) else { return .whole }
        let last = ends[1].isEmpty ? length - 1 : Int(ends[1])
        guard let last, first <= last || ends[1].isEmpty else { return .whole }
        return first < length ? .part(first..<min(last, length - 1) + 1) : .outside
    }
}
