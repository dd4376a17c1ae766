import Hummingbird

/// The dashboard: one page and what it is made of, compiled into the program so that it works offline.
struct PageRoutes {
    private static let script = "text/javascript; charset=utf-8"
    private static let assets: [(path: String, mediaType: String, bytes: [UInt8])] = [
        ("/", "text/html; charset=utf-8", PackageResources.index_html),
        ("/app.js", script, PackageResources.app_js),
        ("/cameras.js", script, PackageResources.cameras_js),
        ("/coverage.js", script, PackageResources.coverage_js),
        ("/danger.js", script, PackageResources.danger_js),
        ("/detail.js", script, PackageResources.detail_js),
        ("/handling.js", script, PackageResources.handling_js),
        ("/incidents.js", script, PackageResources.incidents_js),
        ("/orders.js", script, PackageResources.orders_js),
        ("/page.js", script, PackageResources.page_js),
        ("/recordings.js", script, PackageResources.recordings_js),
        ("/texts.js", script, PackageResources.texts_js),
        ("/style.css", "text/css; charset=utf-8", PackageResources.style_css),
        ("/icon.svg", "image/svg+xml", PackageResources.icon_svg),
    ]

    var routes: [Route] {
        Self.assets.map { asset in
            let tag = Self.tag(of: asset.bytes)
            return Route(method: .get, path: asset.path, access: .open) { request, _ in
                let isKnown = request.headers[.ifNoneMatch] == tag
                var response =
                    isKnown
                    ? Response(status: .notModified) : Response.content(asset.bytes, mediaType: asset.mediaType)
                response.headers[.eTag] = tag
                response.headers[.cacheControl] = "no-cache"
                return response
            }
        }
    }

    /// FNV-1a, 64 bits: tells versions of a file apart, no more.
    private static func tag(of bytes: [UInt8]) -> String {
        let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return "\"\(String(hash, radix: 16))\""
    }
}
