import Foundation
import Hummingbird

extension Response {
    /// A JSON document with sorted keys, so that equal answers are equal bytes.
    static func json(
        _ document: some Encodable, status: HTTPResponse.Status = .ok, mediaType: String = "application/json"
    ) throws -> Response {
        content(try JSONText.encode(document), mediaType: mediaType, status: status)
    }

    static func content(
        _ bytes: some Collection<UInt8>, mediaType: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }
}

extension HTTPFields {
    /// A field by its text name. `name` must be a valid field name.
    subscript(named name: String) -> String? {
        get { self[.init(name)!] }
        set { self[.init(name)!] = newValue }
    }
}

/// JSON as the center writes it.
enum JSONText {
    static func encode(_ document: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(document)
    }
}
