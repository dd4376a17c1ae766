import Domain

/// A source address as FFmpeg is to open it.
struct StreamAddress: Sendable {
    enum Kind: Sendable {
        case rtsp, http, file
    }

    let kind: Kind
    /// What FFmpeg is given: never to be printed.
    let url: String
    let hasUser: Bool
    /// Only FFmpeg's protocols that this kind of source needs: a hostile playlist or session description must not make
    /// it open local files or other hosts' services.
    let protocols: String
    private let source: SourceAddress

    /// - Throws: `unsupportedAddress` for a scheme that Lookout does not open.
    init(_ source: SourceAddress) throws(MediaError) {
        self.source = source
        switch source.scheme {
        case "rtsp": (kind, protocols) = (.rtsp, "rtsp,rtp,udp,tcp")
        case "rtsps": (kind, protocols) = (.rtsp, "rtsp,rtp,srtp,udp,tcp,tls")
        case "http": (kind, protocols) = (.http, "http,https,tcp,tls")
        case "https": (kind, protocols) = (.http, "https,tcp,tls")
        case nil, "file": (kind, protocols) = (.file, "file")
        case .some:
            throw MediaError(
                code: .unsupportedAddress, problem: "\(source.redacted): this kind of address is not supported",
                remedy: "Use rtsp://, rtsps://, http://, https:// or the path of a file or folder")
        }
        let full = source.revealed
        let separator = full.firstRange(of: "://")
        let rest = separator.map { String(full[$0.upperBound...]) } ?? full
        if kind == .file {
            url = "file:\(rest)"
            hasUser = false
        } else {
            // FFmpeg knows schemes in lower case only.
            url = "\(source.scheme ?? "")://\(rest)"
            hasUser = rest.prefix { !"/?#".contains($0) }.contains("@")
        }
    }

    var isLocal: Bool { kind == .file }

    /// The path of a local source.
    var path: String { String(url.dropFirst("file:".count)) }

    /// The redacted address, for messages.
    var printable: String { source.redacted }

    /// `text` without this address's secrets.
    func scrub(_ text: String) -> String { source.scrub(text) }
}
