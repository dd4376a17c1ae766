import Domain

/// Makes `SiteSettings` of settings that have the right form, and checks what no form can say: references between
/// parts, names that must be unique, secrets that must be there.
struct SiteBuilder {
    private(set) var faults: FaultList
    private let secrets: SecretReader

    init(faults: FaultList, secrets: SecretReader) {
        self.faults = faults
        self.secrets = secrets
    }

    /// `nil` where anything is faulty.
    mutating func build(_ root: SectionSettings) -> SiteSettings? {
        let site = buildSite(root[SiteSchema.site])
        let storage = buildStorage(root[SiteSchema.storage])
        let center = buildCenter(root[SiteSchema.center])
        let geography = PlaceBuilder.geography(root[SiteSchema.geography], folder: secrets.folder)
        let fireDanger = PlaceBuilder.fireDanger(
            root[SiteSchema.fireDanger], folder: secrets.folder, faults: &faults)
        let alerts = PlaceBuilder.alerts(root[SiteSchema.alerts], secrets: secrets, faults: &faults)
        let placeKeys = root[SiteSchema.site]
        let hasPlace = [SiteKeys.latitude, SiteKeys.longitude].contains {
            placeKeys[$0] != nil || placeKeys.isFaulty($0)
        }
        var cameras: [CameraSettings] = []
        var ids = UniqueNames()
        for section in root[SiteSchema.cameras] ?? [] {
            if let id = section[CameraKeys.id] {
                ids.claim(id, as: "camera id", at: section.position(of: CameraKeys.id), faults: &faults)
            }
            var builder = CameraBuilder(faults: faults, secrets: secrets, hasPlace: hasPlace)
            if let camera = builder.build(section) { cameras.append(camera) }
            faults = builder.faults
        }
        var alerting = ChannelBuilder(faults: faults, secrets: secrets, hasPlace: hasPlace)
        let channelSections = root[SiteSchema.channels] ?? []
        let channels = alerting.channels(channelSections)
        let routes = alerting.routes(
            root[SiteSchema.routes] ?? [], channels: channelSections, cameras: root[SiteSchema.cameras] ?? [],
            acknowledgeMinutes: fireDanger.acknowledgeMinutes)
        alerting.checkDrill(root[SiteSchema.alerts], channels: channelSections)
        alerting.checkDangerInput(root[SiteSchema.fireDanger], channels: channelSections)
        faults = alerting.faults
        guard let site, let center, faults.isEmpty else { return nil }
        return SiteSettings(
            site: site, storage: storage, center: center, geography: geography, fireDanger: fireDanger,
            alerts: alerts, channels: channels, routes: routes, cameras: cameras)
    }

    private mutating func buildSite(_ section: SectionSettings) -> SiteSettings.Site? {
        let identifier = section[SiteKeys.timezone]
        guard let zone = SiteTimeZone(identifier: identifier) else {
            let near = SiteTimeZone.nearest(to: identifier).map { ", did you mean '\($0)'?" } ?? ""
            faults.add(
                section.position(of: SiteKeys.timezone), value: identifier, "unknown time zone '\(identifier)'\(near)",
                remedy: "Use a name of the IANA database, such as Asia/Ho_Chi_Minh")
            return nil
        }
        return SiteSettings.Site(name: section[SiteKeys.name], timeZone: zone, place: buildPlace(section))
    }

    private mutating func buildPlace(_ section: SectionSettings) -> SitePlace? {
        for (given, missing) in [
            (SiteKeys.latitude, SiteKeys.longitude), (SiteKeys.longitude, SiteKeys.latitude),
        ] where section[given] != nil && section[missing] == nil && !section.isFaulty(missing) {
            faults.add(
                section.position(of: given), "'\(given.name)' needs '\(missing.name)' beside it",
                remedy: "Add for example '\(missing.name): \(missing.example)'")
        }
        guard let latitude = section[SiteKeys.latitude], let longitude = section[SiteKeys.longitude] else { return nil }
        return SitePlace(latitude: latitude, longitude: longitude)
    }

    private func buildStorage(_ section: SectionSettings) -> SiteSettings.Storage {
        SiteSettings.Storage(
            directory: SitePath.absolute(section[StorageKeys.directory], in: secrets.folder),
            keepDays: section[StorageKeys.keepDays], maximumGigabytes: section[StorageKeys.maximumGigabytes],
            minimumFreeGigabytes: section[StorageKeys.minimumFreeGigabytes],
            trainingGigabytes: section[StorageKeys.trainingGigabytes])
    }

    private mutating func buildCenter(_ section: SectionSettings) -> SiteSettings.Center? {
        var tokens: [AccessToken] = []
        var names = UniqueNames()
        for token in section[CenterKeys.tokens] ?? [] {
            if let name = token[TokenKeys.name] {
                names.claim(name, as: "token name", at: token.position(of: TokenKeys.name), faults: &faults)
            }
            let position = token.position(of: TokenKeys.secret)
            guard let text = token[TokenKeys.secret],
                let secret = secrets.secret(
                    text, title: "a bearer token", least: 16, at: position, faults: &faults)
            else { continue }
            if let twin = tokens.first(where: { $0.secret == secret }) {
                faults.add(
                    token.position(of: TokenKeys.secret), "this token has the same secret as '\(twin.name)'",
                    remedy: "Give each token a secret of its own, so that the audit trail can tell them apart")
            }
            if let name = token[TokenKeys.name] { tokens.append(AccessToken(name: name, secret: secret)) }
        }
        let text = section[CenterKeys.listen]
        let position = section.position(of: CenterKeys.listen)
        guard let listen = ListenAddress(text) else {
            faults.add(
                position, value: text, "'listen' has no valid port: \(Wording.quoted(text))",
                remedy: "A port is a number from 0 to 65535; 0 is any free one")
            return nil
        }
        let namesNoToken = !section.isFaulty(CenterKeys.tokens) && (section[CenterKeys.tokens] ?? []).isEmpty
        if !listen.isLoopback, namesNoToken {
            faults.add(
                position, value: text, "'listen' opens the center to the network, and no token is configured",
                remedy:
                    "Add 'tokens: [{name: …, secret: \"${NAME}\"}]' to 'center', or listen on 127.0.0.1:\(listen.port)")
        }
        return SiteSettings.Center(listen: listen, tokens: tokens)
    }
}

extension SecretReader {
    /// The secret behind `${NAME}` or `file:PATH`; `nil` where it is missing or too weak: a fault says so by then.
    ///
    /// - Parameters:
    ///   - title: what it is: "a bearer token".
    ///   - least: characters that it must have.
    func secret(
        _ text: String, title: String, least: Int = 8, at position: Position, faults: inout FaultList
    ) -> Secret? {
        do throws(Trouble) {
            let reference = text.hasPrefix("${") ? String(text.dropFirst(2).dropLast()) : text
            let value = try value(of: reference)
            guard value.utf8.count >= least, value.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) })
            else {
                throw Trouble(
                    problem:
                        "the secret in '\(reference)' is too short or not plain: \(title) is made of \(least) or more letters, digits and signs",
                    remedy: "Make one, for example with 'openssl rand -hex 24'")
            }
            return Secret(value)
        } catch {
            faults.add(position, error.problem, remedy: error.remedy)
            return nil
        }
    }
}

/// Names that may occur once.
struct UniqueNames {
    private var places: [String: Position] = [:]

    mutating func claim(_ name: String, as title: String, at position: Position, faults: inout FaultList) {
        guard let first = places[name] else {
            places[name] = position
            return
        }
        faults.add(
            position, value: Wording.shown(name),
            "the \(title) \(Wording.quoted(name)) is taken: it stands in line \(first.line) already",
            remedy: "Choose another")
    }
}

extension ListenAddress {
    /// `host:port` or `[IPv6]:port`; `nil` where the port is none.
    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port)
        else { return nil }
        let host = text[..<colon]
        self.init(host: String(host.hasPrefix("[") ? host.dropFirst().dropLast() : host), port: port)
    }
}
