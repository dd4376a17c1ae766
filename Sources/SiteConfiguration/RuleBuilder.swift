import Domain

/// Makes one rule of settings that have the right form: what its kind needs must be there, and what its kind has no use
/// for must not.
struct RuleBuilder {
    private(set) var faults: FaultList
    private let item: SectionSettings
    private let kind: IncidentKind

    init(_ item: SectionSettings, kind: IncidentKind, faults: FaultList) {
        self.item = item
        self.kind = kind
        self.faults = faults
    }

    /// - Parameters:
    ///   - zone: what the rule's zone was found to be.
    ///   - camera: the section that the rule stands in.
    ///   - cameraObjects: what the camera's rules are about that do not say so themselves.
    ///   - hasPlace: whether the site's place is given, right or wrong.
    /// - Returns: the rule, with an empty name where none is given; `nil` where its schedule is faulty.
    mutating func build(
        zone: Zone?, in camera: SectionSettings, cameraObjects: Set<ObjectGroup>, hasPlace: Bool
    ) -> RuleSettings? {
        let line = points(RuleKeys.line, of: .lineCrossing, needed: true)
        checkEdge(line)
        let allowedWay = points(RuleKeys.allowedWay, of: .wrongDirection, needed: true)
        refuse(RuleKeys.crossing.name, unless: kind == .lineCrossing)
        checkPlaceTest(zone)
        checkStay()
        checkSpeed(hasGround: camera.mentions(CameraKeys.groundPoints) || camera.mentions(CameraKeys.pose))
        let objects = buildObjects(in: camera) ?? (kind.isAboutMovingObjects ? cameraObjects : [])
        guard let schedule = ScheduleReader(hasPlace: hasPlace).schedule(item, RuleKeys.when, faults: &faults) else {
            return nil
        }
        var rule = RuleSettings(item, kind: kind, zone: zone, schedule: schedule)
        rule.line = line
        rule.allowedWay = allowedWay
        rule.objects = objects
        return rule
    }

    /// `nil` where the rule does not say.
    private mutating func buildObjects(in camera: SectionSettings) -> Set<ObjectGroup>? {
        refuse(RuleKeys.objects.name, unless: kind.isAboutMovingObjects)
        guard let objects = item[RuleKeys.objects] else { return nil }
        if !objects.isEmpty, !camera.mentions(CameraKeys.classify) {
            faults.addMissingClassifier(at: item.position(of: RuleKeys.objects))
        }
        return Set(objects)
    }

    /// Says that a key is of no use to a rule of this kind.
    private mutating func refuse(_ name: String, unless isOfUse: Bool) {
        guard !isOfUse, let given = item.given[name] else { return }
        faults.add(
            given.position, "'\(name)' says nothing to a rule of kind '\(kind.rawValue)'",
            remedy: "Remove it, or change the rule's kind")
    }

    private mutating func need(_ name: String, example: String) {
        faults.add(
            item.position, "a rule of kind '\(kind.rawValue)' needs '\(name)'",
            remedy: "Add for example '\(name): \(example)'")
    }

    private mutating func points(_ key: Key<[[Double]]>, of owner: IncidentKind, needed: Bool) -> PictureLine? {
        guard kind == owner else {
            refuse(key.name, unless: false)
            return nil
        }
        guard let pairs = item[key] else {
            if needed, !item.isFaulty(key) { need(key.name, example: key.example) }
            return nil
        }
        let ends = pairs.compactMap { $0.count == 2 ? PicturePoint(x: $0[0], y: $0[1]) : nil }
        guard ends.count == 2 else { return nil }
        guard abs(ends[0].x - ends[1].x) + abs(ends[0].y - ends[1].y) >= 0.01 else {
            faults.add(
                item.position(of: key), "the two points of '\(key.name)' are the same place",
                remedy: "Move them apart by a hundredth of the picture at least")
            return nil
        }
        return PictureLine(start: ends[0], end: ends[1])
    }

    /// Nobody is ever seen beyond the picture's edge.
    private mutating func checkEdge(_ line: PictureLine?) {
        guard let line else { return }
        let edge = 0.02
        let (a, b) = (line.start, line.end)
        let isOnEdge =
            max(a.x, b.x) <= edge || min(a.x, b.x) >= 1 - edge || max(a.y, b.y) <= edge || min(a.y, b.y) >= 1 - edge
        guard isOnEdge else { return }
        faults.add(
            item.position(of: RuleKeys.line), "the line lies on the picture's edge, beyond which nobody is seen",
            remedy: "Move it into the picture, so that both of its sides are visible")
    }

    private mutating func checkPlaceTest(_ zone: Zone?) {
        let test = item[RuleKeys.test]
        if item[RuleKeys.zone] == nil { refuse(RuleKeys.test.name, unless: item.isFaulty(RuleKeys.zone)) }
        if test != .overlap, let given = item.given[RuleKeys.minimumOverlap.name] {
            faults.add(
                given.position, "'minimumOverlap' says nothing without 'test: overlap'",
                remedy: "Add 'test: overlap', or remove it")
        }
    }

    private mutating func checkStay() {
        // A line is crossed, and a scene changes, within a picture or two.
        refuse(RuleKeys.minimumSeconds.name, unless: kind != .lineCrossing && kind != .sceneChange)
        let name = RuleKeys.minimumSeconds.name
        if kind == .loitering, item[RuleKeys.minimumSeconds] <= 0, !item.faulty.contains(name) {
            need(name, example: "30")
        }
    }

    private mutating func checkSpeed(hasGround: Bool) {
        let metric = RuleKeys.kilometresPerHour
        let relative = RuleKeys.heightsPerSecond
        guard kind == .speed else {
            refuse(metric.name, unless: false)
            refuse(relative.name, unless: false)
            return
        }
        switch (item[metric], item[relative]) {
        case (nil, nil):
            if !item.isFaulty(metric), !item.isFaulty(relative) { need(metric.name, example: metric.example) }
        case (.some, .some):
            faults.add(
                item.position(of: relative), "a speed has one limit, and 'kilometresPerHour' is given too",
                remedy: "Remove one of the two")
        case (.some, nil):
            guard !hasGround else { return }
            faults.add(
                item.position(of: metric), "'kilometresPerHour' needs the camera's 'groundPoints' or 'pose'",
                remedy: "Give four ground points or the pose, or a limit in 'heightsPerSecond'")
        case (nil, .some): break
        }
    }
}

extension RuleSettings {
    /// With an empty name where none is given, and without what a line is made of.
    init(_ section: SectionSettings, kind: IncidentKind, zone: Zone?, schedule: WeeklySchedule) {
        self.init(
            name: section[RuleKeys.name] ?? "", kind: kind, zone: zone, schedule: schedule,
            severity: section[RuleKeys.severity] ?? kind.usualSeverity,
            quietSeconds: section[RuleKeys.quietSeconds] ?? (kind.desk == .fire ? 300 : 10),
            minimumSeconds: section[RuleKeys.minimumSeconds], minimumConfidence: section[RuleKeys.minimumConfidence],
            test: section[RuleKeys.test], minimumOverlap: section[RuleKeys.minimumOverlap],
            crossing: section[RuleKeys.crossing], kilometresPerHour: section[RuleKeys.kilometresPerHour],
            heightsPerSecond: section[RuleKeys.heightsPerSecond],
            minimumAreaFraction: section[RuleKeys.minimumAreaFraction],
            cooldownSeconds: section[RuleKeys.cooldownSeconds])
    }

    /// What a camera is judged by that names no rule.
    static func usual(_ kind: IncidentKind) -> RuleSettings {
        var rule = RuleSettings(.empty(at: .start), kind: kind, zone: nil, schedule: .always)
        rule.name = kind.usualRuleName(zone: nil)
        return rule
    }
}
