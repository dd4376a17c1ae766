import Domain

extension Language: ChoiceValue {}
extension IncidentKind: ChoiceValue {}
extension IncidentRevision.Change: ChoiceValue {}
extension ChannelSettings.Format: ChoiceValue {}
extension ChannelSettings.HTTP.Method: ChoiceValue {}
extension ChannelKeys.TypeName: ChoiceValue {}

/// The keys of one item of `channels`.
enum ChannelKeys {
    enum TypeName: String, CaseIterable { case webhook, mqtt, email, http }

    static let id = Key<String>.required(
        "id", .text(CameraKeys.identifierForm), example: "brigade", "Names the channel in routes and logs; unique.")
    static let type = Key<TypeName>.required(
        "type",
        .choice(
            ChoiceForm(choices: [
                ("webhook", "JSON or CAP 1.2 to a web address"),
                ("mqtt", "events and retained states on a broker, found by Home Assistant"),
                ("email", "text and picture by SMTP"),
                ("http", "a request of your own: SMS gateways, Zalo OA, Telegram"),
            ])), example: "webhook", "How alerts are sent.")
    static let url = Key<String>.required(
        "url",
        .text(
            TextForm(
                pattern: #"^[^\u0000-\u0020\u007F]+$"#, length: 1...2_000, wanted: "an address without spaces",
                isSecret: true)), example: "\"https://duty.example/alerts?token=${DUTY_TOKEN}\"",
        """
        Where to: `https://…` for webhook and http, `mqtt://` or `mqtts://user:${PASSWORD}@host` for mqtt, `smtp://` or \
        `smtps://user:${PASSWORD}@host` for email. Passwords and tokens only as `${NAME}` or `${file:PATH}`.
        """)
    static let language = DefaultedKey(
        "language", .choice(ChoiceForm(choices: [("vi", "Tiếng Việt"), ("en", "English")])), default: Language.vi,
        example: "en", "The language of mails and of templates. Webhooks and MQTT carry both.")
    static let contact = Key<String>.optional(
        "contact", .text(.line), example: "Trạm kiểm lâm Bãi Thơm",
        """
        Who reads this channel. With `alerts.linkSecret` its alerts hold a link that acknowledges once, in this name; \
        whoever gets the alert can use it.
        """)
    static let timeoutSeconds = DefaultedKey<Double>(
        "timeoutSeconds", .number(0.5...120), default: 10, example: "30", "How long one attempt may take.")
    static let format = DefaultedKey(
        "format",
        .choice(
            ChoiceForm(choices: [
                ("json", "all that is known"), ("cap", "CAP 1.2 (XML); only about smoke and flame"),
            ])), default: ChannelSettings.Format.json, example: "cap", "Webhook: what is sent.")
    static let secret = Key<String>.optional(
        "secret", TokenKeys.secret.form, example: "\"${DUTY_SECRET}\"",
        """
        Webhook: signs each message; `${NAME}` or `file:PATH`, 8 characters at least. `X-Lookout-Signature` is `sha256=` and \
        the HMAC-SHA256 of `X-Lookout-Timestamp`, a dot and the body.
        """)
    static let topic = DefaultedKey(
        "topic",
        .text(
            TextForm(
                pattern: #"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$"#, length: 1...200, wanted: "a topic without wildcards")),
        default: "lookout", example: "phuquoc/lookout", "MQTT: the level under which all topics lie.")
    static let discovery = DefaultedKey(
        "discovery", .boolean, default: true, example: "false",
        "MQTT: whether Home Assistant is told of each camera's sensors, below `homeassistant/`.")
    private static let mailAddress = TextForm(
        pattern: #"^[^\s@<>,;"\u0000-\u001F\u007F]+@[A-Za-z0-9.-]+$"#, length: 3...254, wanted: "a mail address")
    static let from = Key<String>.optional(
        "from", .text(mailAddress), example: "lookout@phuquoc.example", "Email: the sender.")
    static let to = Key<[String]>.optional(
        "to", .oneOrMore(.text(mailAddress), most: 100), example: "duty@phuquoc.example", "Email: the receivers.")
    static let requireTLS = DefaultedKey(
        "requireTLS", .boolean, default: true, example: "false",
        "Email: whether to refuse a server that offers no encryption. A password is never sent without.")
    static let method = DefaultedKey(
        "method",
        .choice(ChoiceForm(choices: [("POST", "with a body"), ("PUT", "with a body"), ("GET", "without one")])),
        default: ChannelSettings.HTTP.Method.post, example: "GET", "Http: the request's method.")
    static let contentType = DefaultedKey(
        "contentType",
        .text(
            TextForm(
                pattern: #"^[A-Za-z0-9!#$&^_.+-]+/[A-Za-z0-9!#$&^_.+-]+(; ?[a-z]+=[A-Za-z0-9_-]+)?$"#, length: 3...200,
                wanted: "a media type")),
        default: "application/json", example: "application/x-www-form-urlencoded",
        "Http: the body's type, which tells how words are escaped in it: JSON, form, or not at all.")
    static let headers = Key<[String]>.optional(
        "headers",
        .oneOrMore(
            .text(
                TextForm(
                    pattern: #"^[A-Za-z0-9-]+: [^\u0000-\u001F\u007F]+$"#, length: 4...2_000,
                    wanted: "'Name: value'", isSecret: true)), most: 30),
        example: "\"Authorization: Bearer ${GATEWAY_TOKEN}\"", "Http: further headers; may hold secrets and `{{…}}`.")
    static let body = Key<String>.optional(
        "body", .text(TextForm(pattern: #"^[\s\S]+$"#, length: 1...20_000, wanted: "a text", isSecret: true)),
        example: #"'{"to": "84901234567", "text": "{{headline}}"}'"#,
        """
        Http: the body. `{{headline}}` and `{{description}}` are the alert in words; others are \
        \(AlertTemplate.Name.allCases.map { "`\($0.rawValue)`" }.dropFirst(2).joined(separator: ", ")).
        """)

    static let section = Section(
        name: "channel", summary: "One item of `channels`: where alerts go out.",
        keys: [
            id.erased, type.erased, url.erased, language.erased, contact.erased, timeoutSeconds.erased, format.erased,
            secret.erased,
            topic.erased, discovery.erased, from.erased, to.erased, requireTLS.erased, method.erased,
            contentType.erased, headers.erased, body.erased,
        ])

    /// What belongs to some types only.
    static let special: [(key: String, types: Set<TypeName>)] = [
        (format.name, [.webhook]), (secret.name, [.webhook]), (topic.name, [.mqtt]), (discovery.name, [.mqtt]),
        (from.name, [.email]), (to.name, [.email]), (requireTLS.name, [.email]), (method.name, [.http]),
        (contentType.name, [.http]), (headers.name, [.http]), (body.name, [.http]), (language.name, [.email, .http]),
    ]
}

/// The keys of one item of `routes`.
enum RouteKeys {
    static let channels = Key<[String]>.required(
        "channels", .oneOrMore(.text(CameraKeys.identifierForm), most: 100), example: "[brigade, home]",
        "Ids of the channels that are told.")
    static let kinds = Key<[IncidentKind]>.optional(
        "kinds",
        .oneOrMore(
            .choice(ChoiceForm(choices: IncidentKind.allCases.map { ($0.rawValue, $0.title(in: .en)) })), most: 30),
        example: "[smoke, flame]", "Only incidents of these kinds. All where left out.")
    static let cameras = Key<[String]>.optional(
        "cameras", .oneOrMore(.text(CameraKeys.identifierForm), most: 10_000), example: "[tower-1, tower-3]",
        "Only incidents of these cameras. All where left out.")
    static let zones = Key<[String]>.optional(
        "zones", .oneOrMore(.text(CameraKeys.identifierForm), most: 1_000), example: "yard",
        "Only incidents that touched one of these zones. Everywhere where left out.")
    static let leastSeverity = DefaultedKey(
        "leastSeverity",
        .choice(
            ChoiceForm(choices: [
                ("info", "all"), ("warning", "warnings and critical ones"), ("critical", "critical ones"),
            ])),
        default: Severity.info, example: "critical", "Only incidents that matter so much.")
    static let leastDangerLevel = DefaultedKey(
        "leastDangerLevel", .integer(1...5), default: 1, example: "3",
        "Only while the forest fire danger is at this level or above it. Holds nothing back while nobody knows it.")
    static let when = Key<[String]>.optional(
        "when", RuleKeys.when.form, example: "\"22:00-05:00\"",
        "Only incidents that began in these hours, written as in a rule. Always where left out.")
    static let changes = DefaultedKey<[IncidentRevision.Change]>(
        "changes",
        .oneOrMore(
            .choice(ChoiceForm(choices: IncidentRevision.Change.allCases.map { ($0.rawValue, $0.title(in: .en)) })),
            most: 20), default: [.opened, .closed, .acknowledged, .confirmed, .dismissed, .assigned, .reported],
        example: "[opened]",
        """
        Which steps of an incident are told. That it is dismissed, or a fire over, is told in any case to those who were \
        told of it.
        """)
    static let escalation = Key<[SectionSettings]>.optional(
        "escalation", .list(.section(EscalationKeys.section), count: 0...20),
        example: "[{afterMinutes: 5, channels: telegram}]",
        """
        Who else is told while nobody acknowledges, one after the other; of a fire once, whichever cameras see it. An \
        acknowledgement withdraws what is not due yet.
        """)

    static let section = Section(
        name: "route",
        summary: "One item of `routes`: who gets what. Incidents go to the channels of all routes that fit.",
        keys: [
            channels.erased, kinds.erased, cameras.erased, zones.erased, leastSeverity.erased, leastDangerLevel.erased,
            when.erased, changes.erased, escalation.erased,
        ])
}

/// The keys of one item of a route's `escalation`.
enum EscalationKeys {
    static let afterMinutes = Key<[Double]>.optional(
        "afterMinutes", .oneOrMore(.number(0.01...10_080), most: 5), example: "[20, 20, 10, 5, 3]",
        """
        How long after the alert. Five numbers are for the fire danger levels I to V; the least while nobody knows it. \
        Where left out, `acknowledgeMinutes` of `fireDanger.levels` say it.
        """)
    static let channels = Key<[String]>.required(
        "channels", RouteKeys.channels.form, example: "telegram", "Ids of the channels that are told.")

    static let section = Section(
        name: "escalation", summary: "One item of a route's `escalation`.",
        keys: [afterMinutes.erased, channels.erased])
}
