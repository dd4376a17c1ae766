import Domain

/// Every key that `streams.yaml` may hold: the one place from which its validation, defaults, JSON schema and reference
/// come. A key stands here only if something answers to it.
enum SiteSchema {
    static let site = Key<SectionSettings>.optional(
        "site", .section(SiteKeys.section), example: "{name: Phú Quốc, timezone: Asia/Ho_Chi_Minh}",
        "The place that is watched.")
    static let storage = Key<SectionSettings>.optional(
        "storage", .section(StorageKeys.section), example: "{directory: /var/lib/lookout}",
        "Where incidents and evidence are kept.")
    static let center = Key<SectionSettings>.optional(
        "center", .section(CenterKeys.section), example: "{listen: 127.0.0.1:8090}",
        "The center: interface for people and programs.")
    static let geography = Key<SectionSettings>.optional(
        "geography", .section(GeographyKeys.section), example: "{elevationModel: maps/elevation.asc}",
        "The ground, and what people call its parts.")
    static let fireDanger = Key<SectionSettings>.optional(
        "fireDanger", .section(FireDangerKeys.section), example: "{highestP: [5000, 7500, 10000, 15000]}",
        "How the forest fire danger follows from the weather.")
    static let alerts = Key<SectionSettings>.optional(
        "alerts", .section(AlertKeys.section), example: "{sender: lookout@phuquoc.example}",
        "What alerts say about this site.")
    static let channels = Key<[SectionSettings]>.optional(
        "channels", .list(.section(ChannelKeys.section), count: 0...100),
        example: "[{id: duty, type: webhook, url: \"https://duty.example/alerts\"}]", "Where alerts go out.")
    static let routes = Key<[SectionSettings]>.optional(
        "routes", .list(.section(RouteKeys.section), count: 0...1_000),
        example: "[{channels: duty, kinds: [smoke, flame]}]",
        "Who gets what. Without routes nobody is told of anything.")
    static let cameras = Key<[SectionSettings]>.required(
        "cameras", .list(.section(CameraKeys.section), count: 1...10_000),
        example: "[{id: gate, source: rtsp://10.0.0.5/main}]", "The cameras.")

    static let root = Section(
        name: "configuration", summary: "The file's top level.",
        keys: [
            site.erased, storage.erased, center.erased, geography.erased, fireDanger.erased, alerts.erased,
            channels.erased, routes.erased, cameras.erased,
        ])

    /// All sections, in the order of the file, outer ones first.
    static let sections = [
        root, SiteKeys.section, StorageKeys.section, CenterKeys.section, TokenKeys.section, GeographyKeys.section,
        FireDangerKeys.section, DangerLevelKeys.section, AlertKeys.section, DrillKeys.section, ChannelKeys.section,
        RouteKeys.section,
        EscalationKeys.section,
        CameraKeys.section, MotionKeys.section, SmokeKeys.section, SecondOpinionKeys.section, ClassifyKeys.section,
        ClipKeys.section,
        RecordingKeys.section, ZoneKeys.section, MaskKeys.section, GroundPointKeys.section, RuleKeys.section,
        PoseKeys.section,
    ]
}

enum SiteKeys {
    static let name = DefaultedKey(
        "name", .text(.line), default: "Lookout", example: "Phú Quốc", "What people call the site.")
    static let timezone = DefaultedKey(
        "timezone",
        .text(
            TextForm(
                pattern: SiteTimeZone.pattern, length: 1...64,
                wanted: "a time zone of the IANA database such as Asia/Ho_Chi_Minh, or UTC")),
        default: "UTC", example: "Asia/Ho_Chi_Minh",
        "IANA name of the time zone in which rules and the center tell the time.")

    static let latitude = Key<Double>.optional(
        "latitude", .number(-90...90), example: "10.227",
        "Degrees north, for rules that follow the sun. Needs `longitude`.")
    static let longitude = Key<Double>.optional(
        "longitude", .number(-180...180), example: "103.967", "Degrees east. Needs `latitude`.")

    static let section = Section(
        name: "site", summary: "The place that is watched.",
        keys: [name.erased, timezone.erased, latitude.erased, longitude.erased])
}

enum StorageKeys {
    static let directory = DefaultedKey(
        "directory",
        .text(
            TextForm(
                pattern: #"^[^\u0000-\u001F\u007F${}]+$"#, length: 1...1_000,
                wanted: "a path without $, { and }")),
        default: "data", example: "/var/lib/lookout",
        "Folder of the journal and the evidence; made when missing. A relative path starts at the folder of this file.")
    static let keepDays = DefaultedKey(
        "keepDays", .integer(1...3_650), default: 30, example: "90",
        "Evidence and decisions older than this are removed, but for the evidence of locked incidents.")
    static let maximumGigabytes = DefaultedKey<Double>(
        "maximumGigabytes", .number(0.1...1_000_000), default: 200, example: "50",
        """
        Above this size the oldest evidence is removed early (10^9 bytes each). Locked incidents count, but stay; where \
        they alone take more, `/healthz` says so.
        """)
    static let minimumFreeGigabytes = DefaultedKey<Double>(
        "minimumFreeGigabytes", .number(0...1_000_000), default: 1, example: "5",
        """
        What must stay free on the disk for the journal. Below it the oldest recordings, then the oldest evidence are \
        removed early; where none but today's and what is locked is left, no clips are written until there is room again.
        """)

    static let trainingGigabytes = DefaultedKey<Double>(
        "trainingGigabytes", .number(0...1_000), default: 2, example: "10",
        """
        Smoke that people confirmed or dismissed is kept with its footage to train on, in the folder `training`, whatever \
        becomes of the evidence; above this size the oldest goes (10^9 bytes each). 0: none is kept.
        """)

    static let section = Section(
        name: "storage", summary: "Where incidents and evidence are kept, and for how long.",
        keys: [
            directory.erased, keepDays.erased, maximumGigabytes.erased, minimumFreeGigabytes.erased,
            trainingGigabytes.erased,
        ])
}

enum CenterKeys {
    static let listen = DefaultedKey(
        "listen",
        .text(
            TextForm(
                pattern: #"^(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+):[0-9]{1,5}$"#, length: 1...300,
                wanted: "an address and a port such as 127.0.0.1:8080 or [::1]:8080")),
        default: "127.0.0.1:8080", example: "127.0.0.1:8090",
        "Address and port. Beyond this machine (anything but 127.x.x.x, [::1] or localhost) tokens must be given.")
    static let tokens = Key<[SectionSettings]>.optional(
        "tokens", .list(.section(TokenKeys.section), count: 0...1_000),
        example: "[{name: an, secret: \"${AN_TOKEN}\"}]",
        "Who may acknowledge incidents, arm and disarm. Without tokens the center only shows.")

    static let section = Section(
        name: "center", summary: "The center: dashboard and HTTP interface.", keys: [listen.erased, tokens.erased])
}

enum TokenKeys {
    static let name = Key<String>.required(
        "name", .text(.line), example: "an", "Stands as the actor in the audit trail; unique.")
    static let secret = Key<String>.required(
        "secret",
        .text(
            TextForm(
                pattern: #"^(\$\{[A-Za-z_][A-Za-z0-9_]*\}|\$\{file:[^\u0000-\u001F}]+\}|file:[^\u0000-\u001F]+)$"#,
                length: 1...1_000, wanted: "${NAME} of an environment variable or file:PATH, never the token itself",
                isSecret: true)),
        example: "\"${AN_TOKEN}\"", "Where the bearer token stands: `${NAME}` or `file:PATH`. 16 characters at least.")

    static let section = Section(
        name: "token", summary: "One item of `center.tokens`.", keys: [name.erased, secret.erased])
}
