import Domain

/// The keys of a camera's `pose`.
enum PoseKeys {
    static let latitude = Key<Double>.required(
        "latitude", .number(-90...90), example: "10.3291", "Degrees north (WGS 84), negative to the south.")
    static let longitude = Key<Double>.required(
        "longitude", .number(-180...180), example: "103.9812", "Degrees east (WGS 84), negative to the west.")
    static let heightMetres = Key<Double>.required(
        "heightMetres", .number(-500...9_000), example: "310", "Height of the lens above sea level.")
    static let azimuthDegrees = Key<Double>.required(
        "azimuthDegrees", .number(-360...360), example: "48.5",
        "Direction of the picture's middle, clockwise from true north. `lookout calibrate` finds it from landmarks.")
    static let tiltDegrees = DefaultedKey<Double>(
        "tiltDegrees", .number(-90...90), default: 0, example: "-1.2",
        "Elevation of the picture's middle: negative where the camera looks down.")
    static let rollDegrees = DefaultedKey<Double>(
        "rollDegrees", .number(-180...180), default: 0, example: "0.5",
        "Turn around the line of sight, clockwise as seen from behind the camera.")
    static let fieldOfViewDegrees = Key<Double>.required(
        "fieldOfViewDegrees", .number(0.1...170), example: "54.2",
        "Horizontal field of view, from the left edge of the picture to the right one.")
    static let sigmaDegrees = DefaultedKey<Double>(
        "sigmaDegrees", .number(0...45), default: 1, example: "0.5", "Standard error of azimuth, tilt and roll.")
    static let aspectRatio = Key<Double>.optional(
        "aspectRatio", .number(0.1...10), example: "1.3333",
        "Width of the picture by its height; 16:9 where left out.")

    static let section = Section(
        name: "pose",
        summary: "Where a camera stands and looks: what positions of fires and of who moves are found from.",
        keys: [
            latitude.erased, longitude.erased, heightMetres.erased, azimuthDegrees.erased, tiltDegrees.erased,
            rollDegrees.erased, fieldOfViewDegrees.erased, sigmaDegrees.erased, aspectRatio.erased,
        ])
}

/// The keys of `geography`.
enum GeographyKeys {
    static let path = Form.text(
        TextForm(pattern: #"^[^\u0000-\u001F\u007F${}]+$"#, length: 1...1_000, wanted: "a path without $, { and }"))

    static let elevationModel = Key<String>.optional(
        "elevationModel", path, example: "maps/elevation.asc",
        "ESRI ASCII grid of ground heights in metres, in degrees of latitude and longitude (WGS 84).")
    static let groundMetres = DefaultedKey<Double>(
        "groundMetres", .number(-500...9_000), default: 0, example: "15",
        "Height of the ground above sea level where there is no elevation model.")
    static let places = Key<[String]>.optional(
        "places", .oneOrMore(path, most: 20), example: "maps/forest.geojson",
        """
        GeoJSON files (WGS 84) whose polygons are forest compartments (properties `tieuKhu` and `khoanh`), whose lines are \
        roads and whose points are towers (property `name`).
        """)
    static let vn2000MeridianDegrees = DefaultedKey<Double>(
        "vn2000MeridianDegrees", .number(100...112), default: 104.5, example: "104.75",
        "Central meridian of the VN-2000 coordinates that rangers read: 104.5 for Kiên Giang with Phú Quốc.")

    static let section = Section(
        name: "geography", summary: "The ground, and what people call its parts.",
        keys: [elevationModel.erased, groundMetres.erased, places.erased, vn2000MeridianDegrees.erased])
}

/// The keys of `fireDanger`.
enum FireDangerKeys {
    static let highestP = DefaultedKey<[Double]>(
        "highestP", .list(.number(1...1_000_000), count: 4...4), default: [1_000, 2_500, 5_000, 10_000],
        example: "[5000, 7500, 10000, 15000]",
        "The province's table for the index P: the highest P of the levels I, II, III and IV.")
    static let resetRainMillimetres = DefaultedKey<Double>(
        "resetRainMillimetres", .number(0.1...100), default: 5, example: "6",
        "A day with so much rain or more sets P back to 0.")
    static let weather = Key<String>.optional(
        "weather", GeographyKeys.path, example: "weather.csv",
        """
        Daily weather as `lookout danger` reads it, a line added each day after 13:00. Read again every minute; tells the \
        level that detectors, routes and alerts go by. Days that come through the API or over MQTT go before its lines.
        """)
    static let holdHours = DefaultedKey<Double>(
        "holdHours", .number(0.1...720), default: 24, example: "12",
        "How long a level holds that comes through the API or over MQTT. Until then it goes before the weather's.")
    static let channel = Key<String>.optional(
        "channel", .text(CameraKeys.identifierForm), example: "home",
        "Id of a channel of type `mqtt` at whose broker levels are received. Needs `topic`.")
    static let topic = Key<String>.optional(
        "topic",
        .text(
            TextForm(pattern: #"^[^+#\u0000-\u001F\u007F]+$"#, length: 1...200, wanted: "a topic without wildcards")),
        example: "kiemlam/cap-chay",
        """
        Topic of levels, `4`, `IV` or `{"level": 4}`, and of daily weather, `{"date": "2026-02-01", "temperatureC": 33.5, \
        "relativeHumidityPercent": 55, "rainMillimetres": 0}`. Published retained, it comes again \
        when Lookout was ended before it was on disk. Needs `channel`.
        """)
    static let levels = Key<[SectionSettings]>.optional(
        "levels", .list(.section(DangerLevelKeys.section), count: 0...5),
        example: "[{level: 5, smokeBar: 0.8, acknowledgeMinutes: 3}]",
        "What changes with the level, without a restart. Levels that are left out change nothing.")

    static let section = Section(
        name: "fireDanger", summary: "How the forest fire danger, levels I to V, follows from the weather.",
        keys: [
            highestP.erased, resetRainMillimetres.erased, weather.erased, holdHours.erased, channel.erased,
            topic.erased, levels.erased,
        ])
}

/// The keys of one item of `fireDanger.levels`.
enum DangerLevelKeys {
    static let level = Key<Int>.required("level", .integer(1...5), example: "5", "I to V.")
    static let smokeBar = DefaultedKey<Double>(
        "smokeBar", .number(0.5...2), default: 1, example: "0.8",
        "The evidence of smoke that is asked for, as a share of the usual: below 1 more is found, and more wrongly.")
    static let flameBar = DefaultedKey<Double>(
        "flameBar", .number(0.5...2), default: 1, example: "0.75",
        "The same for flame: pictures that must speak for it, as a share of the usual four.")
    static let dwellSeconds = DefaultedKey<Double>(
        "dwellSeconds", .number(0...3_600), default: 0, example: "60",
        "How long smoke or flame must have been followed before it counts, beyond what its rule asks for.")
    static let pictureEverySeconds = Key<Double>.optional(
        "pictureEverySeconds", .number(0.1...600), example: "10",
        "How often a picture is looked at for smoke. As the detector wants it where left out.")
    static let flamePictureEverySeconds = Key<Double>.optional(
        "flamePictureEverySeconds", .number(0.1...60), example: "1",
        "How often a picture is looked at for flame; twice a second where left out.")
    static let acknowledgeMinutes = Key<Double>.optional(
        "acknowledgeMinutes", .number(0.01...10_080), example: "3",
        "How long an alert may stay unacknowledged, for escalation steps without `afterMinutes`: once for the first, twice for the second."
    )

    static let section = Section(
        name: "dangerLevel", summary: "One item of `fireDanger.levels`: what a level of fire danger asks for.",
        keys: [
            level.erased, smokeBar.erased, flameBar.erased, dwellSeconds.erased, pictureEverySeconds.erased,
            flamePictureEverySeconds.erased, acknowledgeMinutes.erased,
        ])
}

/// The keys of `alerts`.
enum AlertKeys {
    static let sender = DefaultedKey(
        "sender",
        .text(
            TextForm(
                pattern: #"^[^\s,<&\u0000-\u001F\u007F]+$"#, length: 1...200,
                wanted: "a name without spaces, commas, < and &")),
        default: "lookout", example: "lookout@phuquoc.example",
        "Who the alerts come from: unique in the world, by agreement with those who receive them.")
    static let capStatus = DefaultedKey(
        "capStatus",
        .choice(
            ChoiceForm(choices: [
                ("exercise", "marked as a drill"), ("draft", "not to be acted on"),
                ("actual", "real: only once the fire brigade has agreed"),
            ])), default: AlertStatus.exercise, example: "actual", "What CAP messages say of themselves.")
    static let webAddress = Key<String>.optional(
        "webAddress",
        .text(TextForm(pattern: #"^https?://[^\s]+$"#, length: 9...1_000, wanted: "an http:// or https:// address")),
        example: "http://10.0.0.2:8080", "Where those who receive alerts reach the center.")
    static let linkSecret = Key<String>.optional(
        "linkSecret", TokenKeys.secret.form, example: "\"${LINK_SECRET}\"",
        """
        Signs links by which the `contact` of a channel acknowledges: `${NAME}` or `file:PATH`, 8 characters at least. Needs \
        `webAddress`. Without it alerts hold no such links.
        """)
    static let linkHours = DefaultedKey<Double>(
        "linkHours", .number(0.1...720), default: 12, example: "24", "How long such a link works. It works once.")
    static let drill = Key<SectionSettings>.optional(
        "drill", .section(DrillKeys.section), example: "{at: \"mon 09:00\"}",
        "Exercises that are held by themselves and prove that alerts arrive. None where left out.")
    static let heartbeat = Key<String>.optional(
        "heartbeat", ChannelKeys.url.form, example: "\"https://monitor.example/ping/${MONITOR_ID}\"",
        "Asked for once a minute while Lookout works, so that a monitor elsewhere notices when it does not.")

    static let section = Section(
        name: "alerts", summary: "What alerts say about this site.",
        keys: [
            sender.erased, capStatus.erased, webAddress.erased, linkSecret.erased, linkHours.erased, drill.erased,
            heartbeat.erased,
        ])
}

/// The keys of `alerts.drill`.
enum DrillKeys {
    static let at = Key<[String]>.required(
        "at",
        .oneOrMore(
            .text(
                TextForm(
                    pattern: ScheduleText.momentPattern, length: 5...40,
                    wanted: "a time such as 09:00, \"mon 09:00\" or \"mon-fri,sun 18:30\"")), most: 20),
        example: "\"mon 09:00\"",
        "When, by the site's clock. What falls into a time in which Lookout is off is left out.")
    static let channels = Key<[String]>.optional(
        "channels", RouteKeys.channels.form, example: "[brigade]",
        "Ids of the channels that are told. All where left out.")
    static let waitMinutes = DefaultedKey<Double>(
        "waitMinutes", .number(0.1...240), default: 15, example: "30",
        "How long is waited for receivers, and for somebody who answers.")

    static let section = Section(
        name: "drill", summary: "Exercises that are held by themselves, always marked as such.",
        keys: [at.erased, channels.erased, waitMinutes.erased])
}
