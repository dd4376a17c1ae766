import Domain
import SiteConfiguration
import Testing

struct ChannelTests {
    private let secrets = ["DUTY": "p@ss:w/rd%40", "SIGN": "a-secret-of-16-by", "BOT": "123:ABC"]

    @Test func channelsOfEachTypeAreRead() throws {
        let site = try load(
            """
            channels:
              - {id: duty, type: webhook, url: "https://duty.example/a?token=${DUTY}", format: cap, secret: "${SIGN}"}
              - {id: home, type: mqtt, url: "mqtts://lookout:${DUTY}@broker.example", topic: phuquoc}
              - {id: mail, type: email, url: "smtp://lookout:${DUTY}@mail.example:2525", from: a@b.vn, to: [c@d.vn, e@f.vn]}
              - id: bot
                type: http
                url: https://api.telegram.org/bot${BOT}/sendMessage
                headers: "X-Kind: {{kind}}"
                body: '{"chat_id": 5, "text": "{{headline}}"}'
                language: en
            routes:
              - {channels: [duty, home], kinds: [smoke, flame], leastDangerLevel: 3}
              - {channels: mail, leastSeverity: critical, when: "22:00-05:00", changes: opened}

            """ + camera(), environment: secrets)
        guard case .webhook(let duty) = site.channels[0].type, case .mqtt(let home) = site.channels[1].type,
            case .email(let mail) = site.channels[2].type, case .http(let bot) = site.channels[3].type
        else {
            Issue.record("the types are \(site.channels)")
            return
        }
        #expect(duty.format == .cap && duty.secret == Secret("a-secret-of-16-by"))
        #expect(duty.address.revealed == "https://duty.example/a?token=p%40ss%3Aw%2Frd%2540")
        #expect(home.server.port == 8_883 && home.server.usesTLS && home.server.password == Secret("p@ss:w/rd%40"))
        #expect(home.discovery == "homeassistant")
        #expect(mail.server.port == 2_525 && mail.server.user == "lookout" && mail.to == ["c@d.vn", "e@f.vn"])
        #expect(bot.address.revealed == "https://api.telegram.org/bot123:ABC/sendMessage")
        #expect(site.channels[3].language == .en && site.channels[2].language == .vi)
        #expect(site.routes[0].channels == ["duty", "home"] && site.routes[0].leastDangerLevel == 3)
        #expect(site.routes[1].changes == [.opened] && site.routes[1].schedule.windows.count == 1)
        for secret in secrets.values { #expect(!"\(site.channels)".contains(secret), "it can be printed") }
    }

    @Test func whatNoChannelCanDoIsAFault() {
        let found = faults(
            in: """
                channels:
                  - {id: a, type: webhook, url: "ftp://x.example"}
                  - {id: a, type: mqtt, url: "mqtt://broker.example/path", body: hello}
                  - {id: c, type: email, url: "smtp://mail.example"}
                  - {id: d, type: http, url: "https://x.example/{{headlin}}", method: GET, body: "x"}
                  - {id: e, type: webhook, url: "https://user:clear@x.example"}

                """ + camera())
        for expected in [
            "has an unknown scheme", "the channel id 'a' is taken", "'url' is no address of a server",
            "'body' means nothing for a channel of type 'mqtt'", "'from' is missing", "'to' is missing",
            "did you mean 'headline'?", "a GET request has no body", "a password stands in clear",
        ] {
            #expect(found.contains { $0.contains(expected) }, "\(expected) is not in \(found)")
        }
    }

    @Test func routesNameWhatIsThere() {
        let found = faults(
            in: """
                channels: [{id: duty, type: webhook, url: "https://duty.example/"}]
                routes: [{channels: dutty, cameras: gatte, zones: nowhere, when: "05:00-05:00"}]

                """ + camera())
        for expected in [
            "there is no channel 'dutty', did you mean 'duty'?", "there is no camera 'gatte'",
            "there is no zone 'nowhere'", "begins when it ends",
        ] {
            #expect(found.contains { $0.contains(expected) }, "\(expected) is not in \(found)")
        }
    }
}
