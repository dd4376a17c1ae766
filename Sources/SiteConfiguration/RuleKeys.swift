import Domain

extension PictureLine.Crossing: ChoiceValue {}
extension PlaceTest: ChoiceValue {}

/// The keys of a rule.
enum RuleKeys {
    static let name = Key<String>.optional(
        "name", .text(.line), example: "night-yard",
        "Stands in the incident; unique in its camera. Made of kind and zone where left out.")
    static let kind = Key<String>.required(
        "kind",
        .choice(
            ChoiceForm(
                choices: [
                    ("motion", "an object moves, in the zone if one is given"),
                    ("intrusion", "an object moves or stands in the zone"),
                    ("line-crossing", "an object crosses the line"),
                    ("loitering", "an object stays in the zone for minimumSeconds, walking about or standing"),
                    ("wrong-direction", "an object moves against the allowed way"),
                    ("speed", "an object is faster than kilometresPerHour or heightsPerSecond"),
                    (
                        "object-left",
                        """
                        something is put down and stays, in the zone if one is given; what came by itself counts once it has \
                        not stirred for 20 s where it is as wide as vehicles are, else for 120 s
                        """
                    ),
                    ("object-removed", "something that was there is gone, in the zone if one is given"),
                    ("scene-change", "the whole picture changes: lights, weather, a moved camera"),
                    ("smoke", "smoke rises, in the zone if one is given"),
                    ("flame", "something burns, in the zone if one is given"),
                ], later: laterKinds)), example: "intrusion", "What makes the incident.")
    static let zone = Key<String>.optional(
        "zone", .text(CameraKeys.identifierForm), example: "yard",
        """
        Id of one of the camera's zones. Intrusion and loitering need one; the others without one are looked for \
        everywhere.
        """)
    static let test = Key<PlaceTest>.optional(
        "test",
        .choice(
            ChoiceForm(choices: [
                ("foot-point", "the middle of the lower edge of its box is in the zone"),
                ("overlap", "at least minimumOverlap of its box is in the zone"),
            ])), example: "overlap",
        "Whether an object is in the zone. Where left out: its foot point, and for motion the middle of its box too.")
    static let minimumOverlap = DefaultedKey<Double>(
        "minimumOverlap", .number(0.01...1), default: 0.3, example: "0.5",
        "For `test: overlap`: the share of the object's box that must be in the zone.")
    static let line = Key<[[Double]]>.optional(
        "line", linePoints, example: "[[0.2, 0.6], [0.8, 0.6]]",
        "For line-crossing: the two ends, as fractions of the picture's width and height.")
    static let crossing = DefaultedKey(
        "crossing",
        .choice(
            ChoiceForm(choices: [
                ("both", "either way"),
                ("left-to-right", "from the left of who walks from the line's first point to its second"),
                ("right-to-left", "from the right"),
            ])), default: PictureLine.Crossing.both, example: "left-to-right",
        "For line-crossing: which way counts.")
    static let allowedWay = Key<[[Double]]>.optional(
        "allowedWay", linePoints, example: "[[0.5, 0.9], [0.5, 0.4]]",
        "For wrong-direction: the way that traffic goes, from the first point to the second.")
    static let kilometresPerHour = Key<Double>.optional(
        "kilometresPerHour", .number(0.5...500), example: "30",
        "For speed: the limit. Needs the camera's `groundPoints` or `pose`.")
    static let heightsPerSecond = Key<Double>.optional(
        "heightsPerSecond", .number(0.01...3), example: "0.5",
        "For speed where no ground points are known: the limit in heights of the picture a second.")
    static let when = Key<[String]>.optional(
        "when",
        .oneOrMore(
            .text(
                TextForm(
                    pattern: ScheduleText.pattern, length: 1...100,
                    wanted: "times such as \"22:00-05:00\", \"mon-fri 18:00-24:00\" or \"sunset-30m-sunrise\"")),
            most: 50),
        example: "\"22:00-05:00\"",
        """
        When the rule watches, in the site's time: `HH:MM-HH:MM`, over midnight too, with days in front if not every day \
        (`mon-fri`, `sat,sun`; a window over midnight belongs to the day on which it begins). Instead of a time \
        `sunrise` or `sunset`, with minutes before or after: `sunset-30m-sunrise+15m`; these need the site's place. \
        Several as a list. Always where left out.
        """)
    static let severity = Key<Severity>.optional(
        "severity",
        .choice(ChoiceForm(choices: [("info", "for the record"), ("warning", "look soon"), ("critical", "act now")])),
        example: "warning",
        """
        How much it matters. Where left out: intrusion, smoke and flame are critical, motion and scene-change info, the \
        others warning.
        """)
    static let quietSeconds = Key<Double>.optional(
        "quietSeconds", .number(1...3_600), example: "20",
        """
        The incident closes after so long without a sighting; what is seen earlier belongs to it. Where left out: 300 for \
        smoke and flame, 10 for the others.
        """)
    static let cooldownSeconds = DefaultedKey<Double>(
        "cooldownSeconds", .number(0...86_400), default: 0, example: "60",
        "For so long after an incident has closed (that is `quietSeconds` after its last sighting) the rule opens no other one."
    )
    static let minimumSeconds = DefaultedKey<Double>(
        "minimumSeconds", .number(0...86_400), default: 0, example: "1.5",
        """
        How long an object must be seen before it opens an incident; for loitering, how long it must stay. Who stands still \
        in a zone counts as there for this long and ten minutes more.
        """)
    static let minimumConfidence = DefaultedKey<Double>(
        "minimumConfidence", .number(0...1), default: 0, example: "0.6",
        "Sightings that the detector holds less likely are ignored.")
    static let minimumAreaFraction = DefaultedKey<Double>(
        "minimumAreaFraction", .number(0...1), default: 0, example: "0.01",
        "Objects whose box has less of the picture's area are ignored.")

    static let objects = Key<[ObjectGroup]>.optional(
        "objects", CameraKeys.objectForm, example: "[person]",
        """
        What the rule is about, as the camera's `classify` tells objects apart. What is unverified counts as well. The \
        camera's `objects` where left out.
        """)

    static let section = Section(
        name: "rule", summary: "One item of a camera's `rules`.",
        keys: [
            name.erased, kind.erased, zone.erased, test.erased, minimumOverlap.erased, line.erased, crossing.erased,
            allowedWay.erased, kilometresPerHour.erased, heightsPerSecond.erased, when.erased, severity.erased,
            quietSeconds.erased, cooldownSeconds.erased, minimumSeconds.erased, minimumConfidence.erased,
            minimumAreaFraction.erased, objects.erased,
        ])

    static let kinds: [IncidentKind] = [
        .motion, .intrusion, .lineCrossing, .loitering, .wrongDirection, .speed, .objectLeft, .objectRemoved,
        .sceneChange, .smoke, .flame,
    ]
    private static let laterKinds = IncidentKind.allCases.filter { !kinds.contains($0) }.map(\.rawValue)
    private static let linePoints = Form.list(.list(.number(0...1), count: 2...2), count: 2...2)
}
