import Domain

extension StreamTransport: ChoiceValue {}
extension DecodedPictures: ChoiceValue {}
extension DetectorKind: ChoiceValue {}
extension SmokeOptions.Regime: ChoiceValue {}
extension SmokeOptions.Detail: ChoiceValue {}
extension Severity: ChoiceValue {}
extension AlertStatus: ChoiceValue {}

/// The keys of a camera.
enum CameraKeys {
    static let id = Key<String>.required(
        "id", .text(identifierForm), example: "gate", "Names the camera in incidents, files and addresses; unique.")
    static let name = Key<String>.optional(
        "name", .text(.line), example: "Cổng chính", "What people call the camera; its id where left out.")
    static let source = Key<String>.required(
        "source", .text(sourceForm), example: "rtsp://viewer:${GATE_PASSWORD}@10.0.0.5/main",
        """
        Where its pictures come from: `rtsp://`, `rtsps://`, `http://`, `https://` or `file://` address, a file, or a \
        folder of numbered stills. Passwords and tokens in it only as `${NAME}` (environment) or `${file:PATH}`; \
        `file:PATH` reads the whole address from a file.
        """)
    static let detectSource = Key<String>.optional(
        "detectSource", .text(sourceForm), example: "rtsp://viewer:${GATE_PASSWORD}@10.0.0.5/sub",
        "A smaller stream of the same camera for the detectors; `source` where left out.")
    static let transport = DefaultedKey(
        "transport",
        .choice(
            ChoiceForm(choices: [
                ("tcp", "interleaved in the connection; loses nothing"),
                ("udp", "packets on their own; for cameras that cannot do TCP"),
                ("automatic", "TCP where the camera offers it, else UDP"),
            ])), default: StreamTransport.tcp, example: "udp", "How RTSP carries packets.")
    static let stillsPerSecond = DefaultedKey<Double>(
        "stillsPerSecond", .number(0.01...240), default: 25, example: "10",
        "Rate of a folder of numbered stills; other sources bring their own.")
    static let decode = DefaultedKey(
        "decode",
        .choice(
            ChoiceForm(choices: [
                ("all", "all that a detector wants to see, and those that they refer to"),
                ("reference", "none of those that no other refers to: little is saved where there are no B-pictures"),
                ("keyframes", "one every second or so: enough for smoke from a tower, at a tenth of the cost"),
            ])), default: DecodedPictures.all, example: "keyframes",
        "Which pictures are decoded for the detectors; clips hold all of them.")
    static let skipLoopFilter = DefaultedKey(
        "skipLoopFilter", .boolean, default: false, example: "true",
        "Leaves out the deblocking filter: less decoding time, slightly blocky pictures until the next keyframe.")
    static let enabled = DefaultedKey(
        "enabled", .boolean, default: true, example: "false", "Whether the camera is watched at all.")
    static let detect = DefaultedKey(
        "detect",
        .list(
            .choice(
                ChoiceForm(
                    choices: [
                        ("motion", "moving people, vehicles and things"),
                        ("smoke", "smoke of a fire"),
                        ("flame", "open flame, in colour"),
                    ])),
            count: 0...8), default: [DetectorKind.motion], example: "[]", "What looks at its pictures.")
    static let motion = Key<SectionSettings>.optional(
        "motion", .section(MotionKeys.section), example: "{workingHeight: 480}", "How motion is looked for.")
    static let smoke = Key<SectionSettings>.optional(
        "smoke", .section(SmokeKeys.section), example: "{regime: tower}", "How smoke is looked for.")
    static let zones = Key<[SectionSettings]>.optional(
        "zones", .list(.section(ZoneKeys.section), count: 0...100),
        example: "[{id: yard, polygon: [[0.1, 0.4], [0.9, 0.4], [0.9, 1.0]]}]", "Named parts of the picture.")
    static let masks = Key<[SectionSettings]>.optional(
        "masks", .list(.section(MaskKeys.section), count: 0...100),
        example: "[{polygon: [[0, 0], [1, 0], [1, 0.2]]}]",
        "Parts of the picture in which nothing counts: a road beyond the fence, a tree.")
    static let groundPoints = Key<[SectionSettings]>.optional(
        "groundPoints", .list(.section(GroundPointKeys.section), count: 4...4),
        example: """
            [{picture: [0.1, 0.9], metres: [0, 0]}, {picture: [0.9, 0.9], metres: [8, 0]}, \
            {picture: [0.7, 0.5], metres: [8, 20]}, {picture: [0.3, 0.5], metres: [0, 20]}]
            """,
        "Four points on flat ground, known in the picture and in metres: what places in metres and speeds in km/h are told from. With a `pose` alone they are told where its error makes less than a quarter of the range."
    )
    static let rules = Key<[SectionSettings]>.optional(
        "rules", .list(.section(RuleKeys.section), count: 0...100), example: "[{kind: motion, quietSeconds: 20}]",
        "What makes an incident. Where left out: every motion, change of the scene, smoke and flame, as far as it is looked for."
    )

    static let pose = Key<SectionSettings>.optional(
        "pose", .section(PoseKeys.section),
        example:
            "{latitude: 10.3291, longitude: 103.9812, heightMetres: 310, azimuthDegrees: 48.5, fieldOfViewDegrees: 54.2}",
        "Where it stands and looks. Without it, a fire it sees has no bearing, and who walks there no position.")

    static let tamper = Key<Bool>.optional(
        "tamper", .boolean, example: "false",
        """
        Whether it is told when the camera itself is covered, moved, out of focus, black, over-exposed or frozen. Its view \
        is learned for 20 seconds; what changes slowly is no tampering. Where left out: for every camera whose pictures are \
        looked at anyway. Say `false` for one that turns by itself.
        """)
    static let audio = DefaultedKey(
        "audio", .boolean, default: false, example: "true",
        """
        Whether clips and recordings hold the camera's sound, AAC or G.711, as it comes. Off, it is not even asked for: in \
        many places people must be told, or agree, before their words are recorded.
        """)
    static let uplink = Key<String>.optional(
        "uplink", .text(identifierForm), example: "switch-3",
        """
        The switch, link or mast that it shares with other cameras: those that are lost within 10 seconds of each other are \
        one incident. Cameras without one share the site in this.
        """)

    static let section = Section(
        name: "camera", summary: "One item of `cameras`.",
        keys: [
            id.erased, name.erased, source.erased, detectSource.erased, transport.erased, stillsPerSecond.erased,
            decode.erased, skipLoopFilter.erased, enabled.erased, detect.erased, motion.erased, smoke.erased,
            classify.erased, objects.erased, clips.erased, recording.erased, audio.erased, zones.erased, masks.erased,
            groundPoints.erased, rules.erased, tamper.erased, uplink.erased, pose.erased,
        ])

    static let identifierForm = TextForm(
        pattern: "^[A-Za-z0-9][A-Za-z0-9._-]*$", length: 1...64,
        wanted: "1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit")

    private static let sourceForm = TextForm(
        pattern: #"^[^\u0000-\u001F\u007F]+$"#, length: 1...4_000, wanted: "an address or a path", isSecret: true)
}

/// The keys of a camera's `motion`.
enum MotionKeys {
    static let workingHeight = DefaultedKey(
        "workingHeight", .integer(64...2_160), default: 360, example: "480",
        "Rows of the picture that is analysed; a smaller source is never enlarged.")
    static let framesPerSecond = DefaultedKey<Double>(
        "framesPerSecond", .number(0.2...120), default: 10, example: "5", "Pictures analysed per second at most.")
    static let quietFramesPerSecond = DefaultedKey<Double>(
        "quietFramesPerSecond", .number(0.2...120), default: 5, example: "10",
        """
        The same while nothing has moved for two seconds: what moves then is looked at as often as `framesPerSecond` says \
        from the next picture on. As much as `framesPerSecond` makes no difference.
        """)
    static let minimumAreaFraction = DefaultedKey<Double>(
        "minimumAreaFraction", .number(0.00001...0.5), default: 0.001, example: "0.002",
        "The smallest object, as a fraction of the picture's area.")
    static let confirmSeconds = DefaultedKey<Double>(
        "confirmSeconds", .number(0...10), default: 0.3, example: "0.5",
        "How long an object must move before it counts.")

    static let section = Section(
        name: "motion", summary: "How motion is looked for.",
        keys: [
            workingHeight.erased, framesPerSecond.erased, quietFramesPerSecond.erased, minimumAreaFraction.erased,
            confirmSeconds.erased,
        ])
}

/// The keys of a camera's `smoke`.
enum SmokeKeys {
    static let regime = DefaultedKey(
        "regime",
        .choice(
            ChoiceForm(choices: [
                ("auto", "near, unless pictures come 5 seconds apart or more"),
                ("near", "a camera near by: two pictures a second are looked at"),
                ("tower", "a lookout over land: a picture each 30 seconds at most"),
            ])), default: SmokeOptions.Regime.automatic, example: "tower", "What the pictures are like.")

    static let detail = DefaultedKey(
        "detail",
        .choice(
            ChoiceForm(choices: [
                ("usual", "at most 648 pixels wide"),
                ("fine", "at up to twice the size: finds plumes half as large, for four times the processor time"),
            ])), default: SmokeOptions.Detail.usual, example: "fine",
        "How finely the pictures of a near camera are looked at. Of a tower they are always as fine as its models know."
    )
    static let secondOpinion = Key<SectionSettings>.optional(
        "secondOpinion", .section(SecondOpinionKeys.section), example: "{model: models/smoke.onnx, labels: [smoke]}",
        "Asks a smoke detector of your own, too. Off where left out.")
    static let timelapseMinutes = DefaultedKey<Double>(
        "timelapseMinutes", .number(0...240), default: 30, example: "60",
        """
        Smoke seen from a tower gets a time-lapse of the pictures that were analysed, from so long before the alarm until \
        the incident closes. 0: none.
        """)
    static let timelapseMegabytes = DefaultedKey<Double>(
        "timelapseMegabytes", .number(1...500), default: 24, example: "12",
        """
        What those pictures take of the memory while nothing burns, at most (10^6 bytes each): where they need more, every \
        second one of the older half goes.
        """)

    static let section = Section(
        name: "smoke", summary: "How smoke is looked for.",
        keys: [regime.erased, detail.erased, secondOpinion.erased, timelapseMinutes.erased, timelapseMegabytes.erased])
}

/// The keys of a zone.
enum ZoneKeys {
    static let id = Key<String>.required(
        "id", .text(CameraKeys.identifierForm), example: "yard",
        "Names the zone in rules and incidents; unique in its camera.")
    static let polygon = Key<[[Double]]>.required(
        "polygon", .list(.list(.number(0...1), count: 2...2), count: 3...100),
        example: "[[0.1, 0.4], [0.9, 0.4], [0.9, 1.0]]",
        """
        Corners `[x, y]` as fractions of the picture's width and height, from its upper left corner. The last joins the \
        first; edges may not cross.
        """)

    static let section = Section(
        name: "zone", summary: "One item of a camera's `zones`.", keys: [id.erased, polygon.erased])
}

/// The keys of a mask.
enum MaskKeys {
    static let polygon = Key<[[Double]]>.required(
        "polygon", .list(.list(.number(0...1), count: 2...2), count: 3...100),
        example: "[[0, 0], [1, 0], [1, 0.2]]", "Corners, as those of a zone.")
    static let fireToo = DefaultedKey(
        "fireToo", .boolean, default: false, example: "true",
        "Whether smoke and flame are ignored there as well: for a chimney that always smokes.")

    static let section = Section(
        name: "mask",
        summary: "One item of a camera's `masks`: an object that lies at least half in masks is ignored by every rule.",
        keys: [polygon.erased, fireToo.erased])
}

/// The keys of a ground point.
enum GroundPointKeys {
    static let picture = Key<[Double]>.required(
        "picture", .list(.number(0...1), count: 2...2), example: "[0.2, 0.9]",
        "Where it is in the picture, as fractions of width and height.")
    static let metres = Key<[Double]>.required(
        "metres", .list(.number(-100_000...100_000), count: 2...2), example: "[3, 7.5]",
        "Where it is on the ground: two distances in metres along two directions at right angles, from any origin.")

    static let section = Section(
        name: "groundPoint", summary: "One item of a camera's `groundPoints`.", keys: [picture.erased, metres.erased])
}
