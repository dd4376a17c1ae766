import Domain
import Foundation

/// The page behind a link in an alert, in Vietnamese and English at once: whoever gets the link may read either.
struct AnswerPage {
    var siteName: String
    /// IANA name: whoever reads it is at the site.
    var timeZone: String

    func shown(_ state: AnswerState, link: AnswerLink) -> String {
        let incident = state.incident
        let exercise = state.isExercise ? ["<p><strong>DIỄN TẬP · EXERCISE</strong></p>"] : []
        let facts = [
            both { incident.kind.title(in: $0) } + " · " + HTMLText.escaped(state.cameraName),
            localTime(incident.start), both { incident.state.title(in: $0) },
        ]
        let lines = exercise + ["<h1>\(facts[0])</h1>", "<p>\(facts[1]) · \(facts[2])</p>"]
        let name = HTMLText.escaped(link.contact)
        let rest: [String]
        switch state.standing {
        case .open:
            rest = [button(link, vi: "Tiếp nhận với tên \(name)", en: "Acknowledge as \(name)")]
        case .taken(let actor):
            let other = HTMLText.escaped(actor)
            rest = [
                paragraph(vi: "\(other) đã tiếp nhận trước.", en: "\(other) took it before."),
                button(link, vi: "Tôi cũng đã nhận được", en: "I have seen it, too"),
            ]
        case .accepted:
            rest = [
                paragraph(vi: "Đã ghi nhận: \(name) tiếp nhận. Cảm ơn.", en: "Noted: \(name) has it. Thank you.")
            ]
        }
        return page(lines + rest)
    }

    func refused(_ refusal: AnswerState.Refusal) -> String {
        let words =
            switch refusal {
            case .forged:
                paragraph(
                    vi: "Liên kết này không đúng. Hãy mở đúng liên kết trong cảnh báo.",
                    en: "This link is not right. Open it as it stands in the alert.")
            case .expired:
                paragraph(
                    vi: "Liên kết đã hết hạn. Hãy gọi trực ban.", en: "This link is out of date. Call the duty desk.")
            case .used:
                paragraph(vi: "Liên kết này đã được sử dụng.", en: "This link was used already.")
            }
        return page([words])
    }

    private func button(_ link: AnswerLink, vi: String, en: String) -> String {
        "<form method=\"post\" action=\"\(HTMLText.escaped(link.path))\">"
            + "<button type=\"submit\" class=\"primary\">\(vi) · <span lang=\"en\">\(en)</span></button></form>"
    }

    private func paragraph(vi: String, en: String) -> String { "<p>\(vi)</p><p lang=\"en\">\(en)</p>" }

    private func both(_ title: (Language) -> String) -> String {
        "\(HTMLText.escaped(title(.vi))) · <span lang=\"en\">\(HTMLText.escaped(title(.en)))</span>"
    }

    private func page(_ lines: [String]) -> String {
        """
        <!doctype html>
        <html lang="vi">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>\(HTMLText.escaped(siteName)) · Lookout</title>
        <link rel="stylesheet" href="/style.css">
        </head>
        <body class="answer">
        <main>
        <p>\(HTMLText.escaped(siteName))</p>
        \(lines.joined(separator: "\n"))
        </main>
        </body>
        </html>

        """
    }

    /// `22:15 01/02/2026`.
    private func localTime(_ time: MediaTime) -> String {
        let zone = TimeZone(identifier: timeZone) ?? .gmt
        let offset = zone.secondsFromGMT(for: Date(timeIntervalSince1970: time.seconds))
        let local = CivilTime(time + .seconds(offset))
        return String(
            format: "%02d:%02d %02d/%02d/%04d", local.hour, local.minute, local.day, local.month, local.year)
    }
}
