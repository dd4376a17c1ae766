import Domain
import Hummingbird
import Logging

/// The small page behind a link in an alert: shows what it is about, and acknowledges when its button is pressed.
///
/// A GET never acknowledges: mail scanners and chat previews follow every link.
struct AnswerRoutes {
    static let path = "/answer/{id}"

    let state: CenterState

    var routes: [Route] {
        [
            // The signature in the link is what opens them.
            Route(method: .get, path: Self.path, access: .open) { request, context in
                try await answer(request, context, take: false)
            },
            Route(method: .post, path: Self.path, access: .open) { request, context in
                try await answer(request, context, take: true)
            },
        ]
    }

    private func answer(_ request: Request, _ context: CenterContext, take: Bool) async throws -> Response {
        let page = AnswerPage(siteName: state.settings.siteName, timeZone: state.settings.timeZone)
        guard let link = Self.link(of: request, context) else {
            return Self.response(page.refused(.forged), .forbidden)
        }
        do {
            if take {
                _ = try await RequestContent.read(request)
                let found = try await state.backend.acknowledge(by: link)
                state.logger.info("'\(link.contact)' followed a link and acknowledged \(link.incident)")
                return Self.response(page.shown(found, link: link), .ok)
            }
            return Self.response(page.shown(try await state.backend.state(of: link), link: link), .ok)
        } catch let refusal as AnswerState.Refusal {
            return Self.response(page.refused(refusal), refusal == .forged ? .forbidden : .gone)
        }
    }

    private static func link(of request: Request, _ context: CenterContext) -> AnswerLink? {
        guard let id = try? IncidentRoutes.incident(in: context),
            let parameters = try? QueryParameters(request, known: ["by", "until", "key"]),
            let contact = parameters["by"], (1...200).contains(contact.utf8.count), let end = parameters["until"],
            let expires = Int64(end), let key = parameters["key"], key.utf8.count <= 64
        else { return nil }
        return AnswerLink(incident: id, contact: contact, expires: expires, signature: key)
    }

    private static func response(_ html: String, _ status: HTTPResponse.Status) -> Response {
        var response = Response.content(Array(html.utf8), mediaType: "text/html; charset=utf-8")
        response.status = status
        response.headers[named: "Content-Security-Policy"] =
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        // With 'no-referrer' a browser would send the form without saying whose page it is from.
        response.headers[named: "Referrer-Policy"] = "same-origin"
        return response
    }
}
