import Domain
import Foundation

/// Makes channels and routes of settings that have the right form.
struct ChannelBuilder {
    var faults: FaultList
    let secrets: SecretReader
    let hasPlace: Bool

    mutating func channels(_ sections: [SectionSettings]) -> [ChannelSettings] {
        var channels: [ChannelSettings] = []
        var ids = UniqueNames()
        for section in sections {
            if let id = section[ChannelKeys.id] {
                ids.claim(id, as: "channel id", at: section.position(of: ChannelKeys.id), faults: &faults)
            }
            if let channel = channel(section) { channels.append(channel) }
        }
        return channels
    }

    private mutating func channel(_ section: SectionSettings) -> ChannelSettings? {
        guard let id = section[ChannelKeys.id], let type = section[ChannelKeys.type],
            section[ChannelKeys.url] != nil
        else { return nil }
        for (key, types) in ChannelKeys.special where !types.contains(type) {
            guard let setting = section.given[key] else { continue }
            let owners = types.map(\.rawValue).sorted().joined(separator: " or ")
            faults.add(
                setting.position, "'\(key)' means nothing for a channel of type '\(type.rawValue)'",
                remedy: "Remove it, or make this a channel of type \(owners)")
        }
        let built: ChannelSettings.ChannelType? =
            switch type {
            case .webhook: webhook(section).map { .webhook($0) }
            case .mqtt: mqtt(section).map { .mqtt($0) }
            case .email: email(section).map { .email($0) }
            case .http: http(section).map { .http($0) }
            }
        guard let built else { return nil }
        return ChannelSettings(
            id: id, language: section[ChannelKeys.language], contact: section[ChannelKeys.contact],
            timeoutSeconds: section[ChannelKeys.timeoutSeconds],
            type: built)
    }

    private mutating func webhook(_ section: SectionSettings) -> ChannelSettings.Webhook? {
        guard let address = address(section, schemes: ["https", "http"]) else { return nil }
        var secret: Secret?
        if let text = section[ChannelKeys.secret] {
            secret = secrets.secret(
                text, title: "a signing secret", at: section.position(of: ChannelKeys.secret), faults: &faults)
        }
        return ChannelSettings.Webhook(address: address, format: section[ChannelKeys.format], secret: secret)
    }

    private mutating func mqtt(_ section: SectionSettings) -> ChannelSettings.MQTT? {
        guard let address = address(section, schemes: ["mqtt", "mqtts"]),
            let server = server(address, section, ports: ["mqtt": 1_883, "mqtts": 8_883])
        else { return nil }
        return ChannelSettings.MQTT(
            server: server, topic: section[ChannelKeys.topic],
            discovery: section[ChannelKeys.discovery] ? "homeassistant" : nil)
    }

    private mutating func email(_ section: SectionSettings) -> ChannelSettings.Email? {
        for key in [ChannelKeys.from.name, ChannelKeys.to.name]
        where section.given[key] == nil && !section.faulty.contains(key) {
            faults.add(
                section.position, "'\(key)' is missing in this channel of type 'email'",
                remedy: "Add '\(key): duty@example.vn'")
        }
        guard let address = address(section, schemes: ["smtps", "smtp"]),
            let server = server(address, section, ports: ["smtp": 587, "smtps": 465]),
            let from = section[ChannelKeys.from], let to = section[ChannelKeys.to]
        else { return nil }
        let requiresTLS = section[ChannelKeys.requireTLS]
        if !requiresTLS, server.password != nil {
            faults.add(
                section.position(of: ChannelKeys.requireTLS), "the password of this channel could be sent in clear",
                remedy: "Remove 'requireTLS', or user and password")
        }
        return ChannelSettings.Email(server: server, requiresTLS: requiresTLS, from: from, to: to)
    }

    private mutating func http(_ section: SectionSettings) -> ChannelSettings.HTTP? {
        guard let address = address(section, schemes: ["https", "http"]) else { return nil }
        checkTemplate(address.revealed, "url", at: section.position(of: ChannelKeys.url))
        var headers: [ChannelSettings.Header] = []
        for line in section[ChannelKeys.headers] ?? [] {
            let parts = line.split(separator: ":", maxSplits: 1)
            let position = section.position(of: ChannelKeys.headers)
            guard parts.count == 2, let value = filled(String(parts[1].drop { $0 == " " }), "headers", at: position)
            else { continue }
            headers.append(ChannelSettings.Header(name: String(parts[0]), value: value))
        }
        let body = section[ChannelKeys.body].flatMap {
            filled($0, "body", at: section.position(of: ChannelKeys.body))
        }
        let method = section[ChannelKeys.method]
        if method == .get, body != nil {
            faults.add(
                section.position(of: ChannelKeys.body), "a GET request has no body",
                remedy: "Remove 'body' and put its words into 'url', or use POST")
        }
        return ChannelSettings.HTTP(
            method: method, address: address, contentType: section[ChannelKeys.contentType], headers: headers,
            body: body)
    }

    private mutating func address(_ section: SectionSettings, schemes: [String]) -> SourceAddress? {
        guard let text = section[ChannelKeys.url] else { return nil }
        do throws(Trouble) {
            return try SourceResolver(secrets: secrets, schemes: schemes, allowsPaths: false).address(text)
        } catch {
            faults.add(section.position(of: ChannelKeys.url), "'url': \(error.problem)", remedy: error.remedy)
            return nil
        }
    }

    private mutating func server(
        _ address: SourceAddress, _ section: SectionSettings, ports: [String: Int]
    ) -> ChannelSettings.Server? {
        guard let parts = URLComponents(string: address.revealed), let host = parts.host, !host.isEmpty,
            ["", "/"].contains(parts.path), parts.query == nil
        else {
            faults.add(
                section.position(of: ChannelKeys.url), "'url' is no address of a server: \(address.redacted)",
                remedy: "Write scheme://host:port, with user:${PASSWORD}@ before the host where it asks for them")
            return nil
        }
        let scheme = parts.scheme?.lowercased() ?? ""
        return ChannelSettings.Server(
            host: host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host,
            port: parts.port ?? ports[scheme] ?? 0,
            usesTLS: scheme.hasSuffix("s"), user: parts.user, password: parts.password.map { Secret($0) })
    }

    /// A template with its secrets in place; `nil` where something is wrong with it.
    private mutating func filled(_ text: String, _ key: String, at position: Position) -> Secret? {
        do throws(Trouble) {
            var full = ""
            for piece in try SecretTemplate(text).pieces {
                switch piece {
                case .literal(let literal): full += literal
                case .reference(let reference): full += try secrets.value(of: reference)
                }
            }
            checkTemplate(full, key, at: position)
            return Secret(full)
        } catch {
            faults.add(position, "'\(key)': \(error.problem)", remedy: error.remedy)
            return nil
        }
    }

    private mutating func checkTemplate(_ text: String, _ key: String, at position: Position) {
        do throws(AlertTemplate.Fault) {
            _ = try AlertTemplate(text)
        } catch {
            let names = AlertTemplate.Name.allCases.map(\.rawValue)
            guard let name = error.name else {
                faults.add(position, "'{{' is not closed in '\(key)'", remedy: "Write {{headline}}")
                return
            }
            let near = Wording.nearest(to: name, of: names).map { ", did you mean '\($0)'?" } ?? ""
            faults.add(
                position, "'\(key)' asks for {{\(Wording.shown(name))}}, which no alert has\(near)",
                remedy: "Use \(names.joined(separator: ", "))")
        }
    }

    // MARK: Routes

    mutating func routes(
        _ sections: [SectionSettings], channels: [SectionSettings], cameras: [SectionSettings],
        acknowledgeMinutes: [Double]?
    ) -> [RouteSettings] {
        let known = channels.compactMap { $0[ChannelKeys.id] }
        let ids = cameras.compactMap { $0[CameraKeys.id] }
        let zones = cameras.flatMap { $0[CameraKeys.zones] ?? [] }.compactMap { $0[ZoneKeys.id] }
        return sections.compactMap { section in
            let position = section.position(of: RouteKeys.channels)
            check(section[RouteKeys.channels] ?? [], among: known, title: "channel", at: position)
            check(
                section[RouteKeys.cameras] ?? [], among: ids, title: "camera",
                at: section.position(of: RouteKeys.cameras))
            check(
                section[RouteKeys.zones] ?? [], among: zones, title: "zone", at: section.position(of: RouteKeys.zones))
            let escalation = (section[RouteKeys.escalation] ?? []).enumerated().compactMap { index, item in
                step(item, channels: known, usual: acknowledgeMinutes?.map { $0 * Double(index + 1) })
            }
            let schedule = ScheduleReader(hasPlace: hasPlace).schedule(section, RouteKeys.when, faults: &faults)
            guard let schedule, let targets = section[RouteKeys.channels] else { return nil }
            return RouteSettings(
                channels: targets, kinds: section[RouteKeys.kinds] ?? [],
                cameras: (section[RouteKeys.cameras] ?? []).map { CameraID($0) }, zones: section[RouteKeys.zones] ?? [],
                leastSeverity: section[RouteKeys.leastSeverity], leastDangerLevel: section[RouteKeys.leastDangerLevel],
                schedule: schedule, changes: section[RouteKeys.changes], escalation: escalation)
        }
    }

    /// - Parameter usual: after how many minutes, for the levels I to V, where the step does not say.
    private mutating func step(
        _ section: SectionSettings, channels known: [String], usual: [Double]?
    ) -> RouteSettings.Step? {
        guard let channels = section[EscalationKeys.channels], !section.isFaulty(EscalationKeys.afterMinutes)
        else { return nil }
        guard let minutes = section[EscalationKeys.afterMinutes] ?? usual else {
            faults.add(
                section.position, "nothing says after how long this step is taken",
                remedy: "Add 'afterMinutes', or 'acknowledgeMinutes' for each of the five levels of 'fireDanger.levels'"
            )
            return nil
        }
        check(channels, among: known, title: "channel", at: section.position(of: EscalationKeys.channels))
        if minutes.count != 1, minutes.count != 5 {
            faults.add(
                section.position(of: EscalationKeys.afterMinutes), "'afterMinutes' has \(minutes.count) numbers",
                remedy: "Give one, or five for the danger levels I to V")
        }
        return RouteSettings.Step(afterMinutes: minutes, channels: channels)
    }

    /// That exercises go to channels that there are.
    mutating func checkDrill(_ alerts: SectionSettings, channels: [SectionSettings]) {
        let drill = alerts[AlertKeys.drill]
        check(
            drill[DrillKeys.channels] ?? [], among: channels.compactMap { $0[ChannelKeys.id] }, title: "channel",
            at: drill.position(of: DrillKeys.channels))
    }

    /// That levels of fire danger come from a broker that there is.
    mutating func checkDangerInput(_ section: SectionSettings, channels: [SectionSettings]) {
        for (given, missing) in [
            (FireDangerKeys.channel, FireDangerKeys.topic), (FireDangerKeys.topic, FireDangerKeys.channel),
        ] where section[given] != nil && section[missing] == nil && !section.isFaulty(missing) {
            faults.add(
                section.position(of: given), "'\(given.name)' needs '\(missing.name)' beside it",
                remedy: "Add for example '\(missing.name): \(missing.example)'")
        }
        guard let id = section[FireDangerKeys.channel] else { return }
        let brokers = channels.filter { $0[ChannelKeys.type] == .mqtt }.compactMap { $0[ChannelKeys.id] }
        check([id], among: brokers, title: "channel of type 'mqtt'", at: section.position(of: FireDangerKeys.channel))
    }

    private mutating func check(_ names: [String], among known: [String], title: String, at position: Position) {
        for name in names where !known.contains(name) {
            let near = Wording.nearest(to: name, of: known).map { ", did you mean '\($0)'?" } ?? ""
            faults.add(
                position, value: Wording.shown(name), "there is no \(title) '\(Wording.shown(name))'\(near)",
                remedy: known.isEmpty
                    ? "Add it, or remove it here" : "There are \(known.prefix(20).joined(separator: ", "))")
        }
    }
}
