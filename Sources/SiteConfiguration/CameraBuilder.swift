import Domain

/// Makes one camera of settings that have the right form.
struct CameraBuilder {
    var faults: FaultList
    let secrets: SecretReader
    /// Whether the site's place is given, which rules that follow the sun need.
    private let hasPlace: Bool

    init(faults: FaultList, secrets: SecretReader, hasPlace: Bool) {
        self.faults = faults
        self.secrets = secrets
        self.hasPlace = hasPlace
    }

    /// `nil` where something is faulty; a fault says so by then.
    mutating func build(_ section: SectionSettings) -> CameraSettings? {
        let source = buildSource(section, CameraKeys.source)
        let detectSource = buildSource(section, CameraKeys.detectSource)
        let detect = buildDetectors(section)
        let classify = classifyOptions(section)
        let objects = objectGroups(section)
        let zones = buildZones(section)
        let masks = buildMasks(section)
        let ground = buildGround(section)
        let rules = buildRules(section, zones: zones, detect: detect, objects: objects)
        guard let id = section[CameraKeys.id], let source else { return nil }
        return CameraSettings(
            id: CameraID(id), name: section[CameraKeys.name] ?? id, source: source, detectSource: detectSource,
            transport: section[CameraKeys.transport], stillsPerSecond: section[CameraKeys.stillsPerSecond],
            decode: section[CameraKeys.decode], skipsLoopFilter: section[CameraKeys.skipLoopFilter],
            isEnabled: section[CameraKeys.enabled], detect: detect, motion: MotionOptions(section[CameraKeys.motion]),
            smoke: smokeOptions(section[CameraKeys.smoke]), classify: classify,
            clips: ClipOptions(section[CameraKeys.clips]),
            recording: RecordingOptions(section[CameraKeys.recording]), audio: section[CameraKeys.audio],
            zones: zones.compactMap(\.zone), rules: rules,
            masks: masks, ground: ground, tamper: section[CameraKeys.tamper] ?? !detect.isEmpty,
            uplink: section[CameraKeys.uplink],
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

    private mutating func buildMasks(_ section: SectionSettings) -> [MaskSettings] {
        (section[CameraKeys.masks] ?? []).compactMap { item in
            buildPolygon(item, MaskKeys.polygon).map {
                MaskSettings(polygon: $0, hidesFire: item[MaskKeys.fireToo])
            }
        }
    }

    private mutating func buildGround(_ section: SectionSettings) -> GroundPlane? {
        let points: [GroundPlane.Reference] = (section[CameraKeys.groundPoints] ?? []).compactMap { item in
            guard let picture = item[GroundPointKeys.picture], let metres = item[GroundPointKeys.metres],
                picture.count == 2, metres.count == 2
            else { return nil }
            return .init(
                picture: PicturePoint(x: picture[0], y: picture[1]), ground: .init(x: metres[0], y: metres[1]))
        }
        // Fewer than given: what is wrong with the others was said.
        guard points.count == 4 else { return nil }
        if let ground = GroundPlane(points) { return ground }
        faults.add(
            section.position(of: CameraKeys.groundPoints), "no view of a flat ground shows these four points like that",
            remedy:
                "Give the corners of a large rectangle on the ground, no three of them in line, each in its own place")
        return nil
    }

    /// `nil` where it is faulty.
    private mutating func buildPolygon(_ item: SectionSettings, _ key: Key<[[Double]]>) -> PicturePolygon? {
        let corners = (item[key] ?? []).compactMap { pair in
            pair.count == 2 ? PicturePoint(x: pair[0], y: pair[1]) : nil
        }
        // Corners that are faulty themselves are left out: what remains says nothing about the polygon.
        guard corners.count >= 3, corners.count == item.itemCount(of: key) else { return nil }
        if let finding = PolygonCheck.finding(in: corners) {
            faults.add(item.position(of: key), finding.problem, remedy: finding.remedy)
        }
        return PicturePolygon(points: corners)
    }

    private mutating func buildZones(_ section: SectionSettings) -> [NamedZone] {
        var zones: [NamedZone] = []
        var names = UniqueNames()
        for item in section[CameraKeys.zones] ?? [] {
            guard let id = item[ZoneKeys.id] else { continue }
            names.claim(id, as: "zone id", at: item.position(of: ZoneKeys.id), faults: &faults)
            let polygon = buildPolygon(item, ZoneKeys.polygon)
            zones.append(NamedZone(id: id, zone: polygon.map { Zone(id: id, polygon: $0) }))
        }
        return zones
    }

    private mutating func buildRules(
        _ section: SectionSettings, zones: [NamedZone], detect: [DetectorKind], objects: Set<ObjectGroup>
    ) -> [RuleSettings] {
        guard let items = section[CameraKeys.rules] else {
            let usual: [IncidentKind] = [.motion, .sceneChange, .smoke, .flame]
            return usual.filter { detect.contains(DetectorKind(for: $0)) }.map { kind in
                var rule = RuleSettings.usual(kind)
                if kind.isAboutMovingObjects { rule.objects = objects }
                return rule
            }
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
            var builder = RuleBuilder(item, kind: kind, faults: faults)
            let rule = builder.build(
                zone: zone, in: section, cameraObjects: objects, hasPlace: hasPlace)
            faults = builder.faults
            if let rule { rules.append(rule) }
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
            if [.intrusion, .loitering].contains(kind), !item.isFaulty(RuleKeys.zone) {
                faults.add(
                    item.position, "a rule of kind '\(kind.rawValue)' needs a zone",
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
    /// How many items a list has in the file, faulty ones included.
    fileprivate func itemCount<Value>(of key: Key<[Value]>) -> Int {
        guard case .list(let items) = given[key.name]?.value else { return 0 }
        return items.count
    }

    /// Whether the key stands there, right or wrong.
    func mentions<Value>(_ key: Key<Value>) -> Bool {
        given[key.name] != nil || isFaulty(key)
    }
}

extension MotionOptions {
    init(_ section: SectionSettings) {
        self.init(
            workingHeight: section[MotionKeys.workingHeight], framesPerSecond: section[MotionKeys.framesPerSecond],
            quietFramesPerSecond: section[MotionKeys.quietFramesPerSecond],
            minimumAreaFraction: section[MotionKeys.minimumAreaFraction],
            confirmSeconds: section[MotionKeys.confirmSeconds])
    }
}

extension SmokeOptions {
    init(_ section: SectionSettings) {
        self.init(
            regime: section[SmokeKeys.regime], detail: section[SmokeKeys.detail],
            timelapseMinutes: section[SmokeKeys.timelapseMinutes],
            timelapseMegabytes: section[SmokeKeys.timelapseMegabytes])
    }
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
