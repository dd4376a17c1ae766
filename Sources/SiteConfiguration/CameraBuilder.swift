import Domain

/// Makes one camera of settings that have the right form.
struct CameraBuilder {
    var faults: FaultList
    let secrets: SecretReader

    init(faults: FaultList, secrets: SecretReader) {
        self.faults = faults
        self.secrets = secrets
    }

    /// `nil` where something is faulty; a fault says so by then.
    mutating func build(_ section: SectionSettings) -> CameraSettings? {
        let source = buildSource(section, CameraKeys.source)
        let detectSource = buildSource(section, CameraKeys.detectSource)
        let detect = buildDetectors(section)
        let classify = classifyOptions(section)
        let objects = objectGroups(section)
        let zones = buildZones(section)
        let rules = buildRules(section, zones: zones, detect: detect)
        guard let id = section[CameraKeys.id], let source else { return nil }
        return CameraSettings(
            id: CameraID(id), name: section[CameraKeys.name] ?? id, source: source, detectSource: detectSource,
            transport: section[CameraKeys.transport], stillsPerSecond: section[CameraKeys.stillsPerSecond],
            isEnabled: section[CameraKeys.enabled], detect: detect, motion: MotionOptions(section[CameraKeys.motion]),
            smoke: SmokeOptions(section[CameraKeys.smoke]), classify: classify, objects: objects,
            zones: zones.compactMap(\.zone), rules: rules,
            pose: section.given[CameraKeys.pose.name] == nil ? nil : PlaceBuilder.pose(section[CameraKeys.pose]))
    }

    private mutating func buildSource(_ section: SectionSettings, _ key: Key<String>) -> SourceAddress? {
        guard let text = section[key] else { return nil }
        do throws(Trouble) {
            return try SourceResolver(secrets: secrets).address(text)
        } catch {
            faults.add(section.position(of: key), "'\(key.name)': \(error.problem)", remedy: error.remedy)
            return nil
        }
    }

    private mutating func buildDetectors(_ section: SectionSettings) -> [DetectorKind] {
        let detect = section[CameraKeys.detect]
        let positions = section.itemPositions(of: CameraKeys.detect)
        for (index, kind) in detect.enumerated() where detect[..<index].contains(kind) {
            faults.add(
                index < positions.count ? positions[index] : section.position, value: kind.rawValue,
                "'\(kind.rawValue)' stands twice in 'detect'", remedy: "Remove one")
        }
        return detect
    }

    /// A zone that is named; without its polygon where that is faulty, so that rules about it are no faults of their own.
    private struct NamedZone {
        var id: String
        var zone: Zone?
    }

    private mutating func buildZones(_ section: SectionSettings) -> [NamedZone] {
        var zones: [NamedZone] = []
        var names = UniqueNames()
        for item in section[CameraKeys.zones] ?? [] {
            guard let id = item[ZoneKeys.id] else { continue }
            names.claim(id, as: "zone id", at: item.position(of: ZoneKeys.id), faults: &faults)
            let corners = (item[ZoneKeys.polygon] ?? []).compactMap { pair in
                pair.count == 2 ? PicturePoint(x: pair[0], y: pair[1]) : nil
            }
            // Corners that are faulty themselves are left out: what remains says nothing about the polygon.
            guard corners.count >= 3, corners.count == section.corners(of: item) else {
                zones.append(NamedZone(id: id, zone: nil))
                continue
            }
            if let finding = PolygonCheck.finding(in: corners) {
                faults.add(item.position(of: ZoneKeys.polygon), finding.problem, remedy: finding.remedy)
            }
            zones.append(NamedZone(id: id, zone: Zone(id: id, polygon: PicturePolygon(points: corners))))
        }
        return zones
    }

    private mutating func buildRules(
        _ section: SectionSettings, zones: [NamedZone], detect: [DetectorKind]
    ) -> [RuleSettings] {
        guard let items = section[CameraKeys.rules] else {
            let motion =
                detect.contains(.motion) ? [RuleSettings.usual(.motion), RuleSettings.usual(.sceneChange)] : []
            let fire: [(DetectorKind, IncidentKind)] = [(.smoke, .smoke), (.flame, .flame)]
            return motion + fire.filter { detect.contains($0.0) }.map { RuleSettings.usual($0.1) }
        }
        var rules: [RuleSettings] = []
        var names = UniqueNames()
        for item in items {
            guard let kind = item[RuleKeys.kind].flatMap(IncidentKind.init(rawValue:)) else { continue }
            let detector = DetectorKind(for: kind)
            if !detect.contains(detector) {
                faults.add(
                    item.position(of: RuleKeys.kind), value: kind.rawValue,
                    "a rule of kind '\(kind.rawValue)' needs the \(detector) detector, which 'detect' does not name",
                    remedy: "Add \(detector) to 'detect', or remove the rule")
            }
            if let name = item[RuleKeys.name] {
                names.claim(name, as: "rule name", at: item.position(of: RuleKeys.name), faults: &faults)
            }
            let zone = findZone(item, kind: kind, among: zones, areAllKnown: areAllZonesNamed(section))
            guard let schedule = buildSchedule(item) else { continue }
            rules.append(RuleSettings(item, kind: kind, zone: zone, schedule: schedule))
        }
        return named(rules)
    }

    /// Whether the file names all zones that a rule can refer to: not where a zone's id, or the list, is faulty itself.
    private func areAllZonesNamed(_ section: SectionSettings) -> Bool {
        !section.isFaulty(CameraKeys.zones) && (section[CameraKeys.zones] ?? []).allSatisfy { $0[ZoneKeys.id] != nil }
    }

    private mutating func findZone(
        _ item: SectionSettings, kind: IncidentKind, among zones: [NamedZone], areAllKnown: Bool
    ) -> Zone? {
        guard let id = item[RuleKeys.zone] else {
            if kind == .intrusion, !item.isFaulty(RuleKeys.zone) {
                faults.add(
                    item.position, "a rule of kind 'intrusion' needs a zone",
                    remedy: zones.isEmpty
                        ? "Draw one in this camera's 'zones' and name it by 'zone'"
                        : "Add 'zone: \(zones[0].id)' or another of this camera's zones")
            }
            return nil
        }
        let position = item.position(of: RuleKeys.zone)
        if kind == .sceneChange {
            faults.add(
                position, value: id, "a change of the scene concerns the whole picture, not a zone",
                remedy: "Remove 'zone'")
        }
        guard let named = zones.first(where: { $0.id == id }) else {
            guard areAllKnown else { return nil }
            let near = Wording.nearest(to: id, of: zones.map(\.id)).map { ", did you mean '\($0)'?" } ?? ""
            faults.add(
                position, value: id, "this camera has no zone '\(id)'\(near)",
                remedy: zones.isEmpty
                    ? "Add it to this camera's 'zones'"
                    : "Its zones are \(zones.map(\.id).joined(separator: ", "))")
            return nil
        }
        return named.zone
    }

    private mutating func buildSchedule(_ item: SectionSettings) -> WeeklySchedule? {
        guard !item.isFaulty(RuleKeys.when) else { return nil }
        var windows: [WeeklySchedule.Window] = []
        for text in item[RuleKeys.when] ?? [] {
            guard let window = ScheduleText.window(text) else {
                faults.add(
                    item.position(of: RuleKeys.when), value: text, "the window '\(text)' begins when it ends",
                    remedy: "Write \"00:00-24:00\" for a whole day, or leave 'when' out for always")
                return nil
            }
            windows.append(window)
        }
        return WeeklySchedule(windows: windows)
    }

    /// Rules without a name get one of kind and zone, numbered where several would have the same.
    private func named(_ rules: [RuleSettings]) -> [RuleSettings] {
        var named = rules
        var taken = Set(rules.map(\.name))
        for index in named.indices where named[index].name.isEmpty {
            let base = named[index].kind.usualRuleName(zone: named[index].zone?.id)
            var name = base
            var number = 2
            while !taken.insert(name).inserted {
                name = "\(base)-\(number)"
                number += 1
            }
            named[index].name = name
        }
        return named
    }
}

extension SectionSettings {
    /// How many corners a zone's polygon has in the file, faulty ones included.
    fileprivate func corners(of zone: SectionSettings) -> Int {
        guard case .list(let items) = zone.given[ZoneKeys.polygon.name]?.value else { return 0 }
        return items.count
    }
}

extension MotionOptions {
    init(_ section: SectionSettings) {
        self.init(
            workingHeight: section[MotionKeys.workingHeight], framesPerSecond: section[MotionKeys.framesPerSecond],
            minimumAreaFraction: section[MotionKeys.minimumAreaFraction],
            confirmSeconds: section[MotionKeys.confirmSeconds])
    }
}

extension SmokeOptions {
    init(_ section: SectionSettings) { self.init(regime: section[SmokeKeys.regime]) }
}

extension DetectorKind {
    /// The one that sees what incidents of a kind are made of.
    init(for kind: IncidentKind) {
        self =
            switch kind {
            case .smoke: .smoke
            case .flame: .flame
            default: .motion
            }
    }
}

extension RuleSettings {
    /// With an empty name where none is given.
    init(_ section: SectionSettings, kind: IncidentKind, zone: Zone?, schedule: WeeklySchedule) {
        self.init(
            name: section[RuleKeys.name] ?? "", kind: kind, zone: zone, schedule: schedule,
            severity: section[RuleKeys.severity] ?? kind.usualSeverity,
            quietSeconds: section[RuleKeys.quietSeconds] ?? (kind.desk == .fire ? 300 : 10),
            minimumSeconds: section[RuleKeys.minimumSeconds], minimumConfidence: section[RuleKeys.minimumConfidence])
    }

    /// What a camera is judged by that names no rule.
    static func usual(_ kind: IncidentKind) -> RuleSettings {
        var rule = RuleSettings(.empty(at: .start), kind: kind, zone: nil, schedule: .always)
        rule.name = kind.usualRuleName(zone: nil)
        return rule
    }
}
