import Alerting
import Domain
import Foundation
import Testing

/// Links are ours, whole and in time, or they are refused.
struct AnswerLinkTests {
    private let noon = MediaTime(seconds: 1_769_925_600)
    private let links = AnswerLinks(
        secret: Secret("a secret of the test"), webAddress: "https://duty.example/", lifetime: .seconds(3_600),
        contacts: ["sms": "Trạm Bãi Thơm & An"])

    private func made() throws -> AnswerLink {
        let text = try #require(links.address(for: IncidentID("gate-smoke-1"), channel: "sms", at: noon))
        #expect(text.hasPrefix("https://duty.example/answer/gate-smoke-1?by=Tr%E1%BA%A1m"))
        #expect(text == links.address(for: IncidentID("gate-smoke-1"), channel: "sms", at: noon), "the same each time")
        let parts = try #require(URLComponents(string: text))
        func value(_ name: String) throws -> String {
            try #require(parts.queryItems?.first { $0.name == name }?.value)
        }
        return AnswerLink(
            incident: IncidentID("gate-smoke-1"), contact: try value("by"),
            expires: try #require(Int64(try value("until"))), signature: try value("key"))
    }

    private func refusal(_ link: AnswerLink, after seconds: Double = 60) -> AnswerState.Refusal? {
        do {
            try links.check(link, at: noon + .seconds(seconds))
            return nil
        } catch {
            return error
        }
    }

    @Test func aLinkHoldsForItsTime() throws {
        let link = try made()
        #expect(link.contact == "Trạm Bãi Thơm & An")
        #expect(refusal(link) == nil)
        #expect(refusal(link, after: 3_599) == nil && refusal(link, after: 3_600) == .expired)
        #expect(links.address(for: IncidentID("a"), channel: "mail", at: noon) == nil)
    }

    @Test func whatIsChangedIsForged() throws {
        let good = try made()
        var links: [AnswerLink] = []
        for change: (inout AnswerLink) -> Void in [
            { $0.incident = IncidentID("gate-smoke-2") }, { $0.contact = "Bình" }, { $0.expires += 86_400 },
            { $0.signature = "" }, { $0.signature = String($0.signature.reversed()) }, { $0.signature += "0" },
            { $0.expires = .max }, { $0.expires = .min }, { $0.contact += "\n" },
        ] {
            var link = good
            change(&link)
            links.append(link)
        }
        #expect(links.allSatisfy { refusal($0) == .forged })
        let other = AnswerLinks(
            secret: Secret("another secret"), webAddress: "x", lifetime: .seconds(1), contacts: [:])
        #expect(throws: AnswerState.Refusal.forged) { try other.check(good, at: noon) }
    }
}
