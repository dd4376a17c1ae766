import Domain

/// Makes the geographic parts of a site of settings that have the right form.
enum PlaceBuilder {
    /// `nil` where something is missing or faulty; a fault says so by then.
    static func pose(_ section: SectionSettings) -> CameraPose? {
        guard let latitude = section[PoseKeys.latitude], let longitude = section[PoseKeys.longitude],
            let position = GeoPoint(latitudeDegrees: latitude, longitudeDegrees: longitude),
            let height = section[PoseKeys.heightMetres], let azimuth = section[PoseKeys.azimuthDegrees],
            let field = section[PoseKeys.fieldOfViewDegrees]
        else { return nil }
        return CameraPose(
            position: position, heightMetres: height, azimuthDegrees: azimuth,
            tiltDegrees: section[PoseKeys.tiltDegrees], rollDegrees: section[PoseKeys.rollDegrees],
            fieldOfViewDegrees: field, sigmaDegrees: section[PoseKeys.sigmaDegrees],
            aspectRatio: section[PoseKeys.aspectRatio] ?? 16.0 / 9)
    }

    static func geography(_ section: SectionSettings, folder: String) -> SiteSettings.Geography {
        SiteSettings.Geography(
            elevationModel: section[GeographyKeys.elevationModel].map { SitePath.absolute($0, in: folder) },
            groundMetres: section[GeographyKeys.groundMetres],
            places: (section[GeographyKeys.places] ?? []).map { SitePath.absolute($0, in: folder) },
            vn2000MeridianDegrees: section[GeographyKeys.vn2000MeridianDegrees])
    }

    static func alerts(_ section: SectionSettings, secrets: SecretReader, faults: inout FaultList)
        -> SiteSettings.Alerts
    {
        var heartbeat: SourceAddress?
        if let text = section[AlertKeys.heartbeat] {
            do throws(Trouble) {
                let resolver = SourceResolver(secrets: secrets, schemes: ["https", "http"], allowsPaths: false)
                heartbeat = try resolver.address(text)
            } catch {
                faults.add(
                    section.position(of: AlertKeys.heartbeat), "'heartbeat': \(error.problem)", remedy: error.remedy)
            }
        }
        var linkSecret: Secret?
        if let text = section[AlertKeys.linkSecret] {
            let position = section.position(of: AlertKeys.linkSecret)
            linkSecret = secrets.secret(text, title: "a signing secret", at: position, faults: &faults)
            if section[AlertKeys.webAddress] == nil, !section.isFaulty(AlertKeys.webAddress) {
                faults.add(
                    position, "'linkSecret' needs 'webAddress' beside it",
                    remedy: "Add for example '\(AlertKeys.webAddress.name): \(AlertKeys.webAddress.example)'")
            }
        }
        return SiteSettings.Alerts(
            sender: section[AlertKeys.sender], status: section[AlertKeys.capStatus],
            webAddress: section[AlertKeys.webAddress], linkSecret: linkSecret, linkHours: section[AlertKeys.linkHours],
            drill: drill(section),
            heartbeat: heartbeat)
    }

    static func fireDanger(_ section: SectionSettings, folder: String, faults: inout FaultList)
        -> SiteSettings.FireDanger
    {
        let limits = section[FireDangerKeys.highestP]
        if !section.isFaulty(FireDangerKeys.highestP), !zip(limits, limits.dropFirst()).allSatisfy({ $0 < $1 }) {
            faults.add(
                section.position(of: FireDangerKeys.highestP), "the limits of 'highestP' do not rise",
                remedy: "Give the highest P of the levels I, II, III and IV in this order")
        }
        return SiteSettings.FireDanger(
            highestP: limits, resetRainMillimetres: section[FireDangerKeys.resetRainMillimetres],
            weather: section[FireDangerKeys.weather].map { SitePath.absolute($0, in: folder) },
            holdHours: section[FireDangerKeys.holdHours], channel: section[FireDangerKeys.channel],
            topic: section[FireDangerKeys.topic], levels: levels(section, faults: &faults))
    }

    private static func drill(_ section: SectionSettings) -> SiteSettings.Drill? {
        guard section.given[AlertKeys.drill.name] != nil else { return nil }
        let drill = section[AlertKeys.drill]
        return SiteSettings.Drill(
            moments: (drill[DrillKeys.at] ?? []).compactMap(ScheduleText.weeklyMoment),
            channels: drill[DrillKeys.channels] ?? [], waitMinutes: drill[DrillKeys.waitMinutes])
    }

    private static func levels(_ section: SectionSettings, faults: inout FaultList)
        -> [SiteSettings.FireDanger.Level]
    {
        var found: [SiteSettings.FireDanger.Level] = []
        for item in section[FireDangerKeys.levels] ?? [] {
            guard let number = item[DangerLevelKeys.level], let level = DangerLevel(rawValue: number) else { continue }
            if found.contains(where: { $0.level == level }) {
                faults.add(
                    item.position(of: DangerLevelKeys.level), "level \(number) stands twice in 'levels'",
                    remedy: "Keep one item for each level")
            }
            found.append(
                SiteSettings.FireDanger.Level(
                    level: level, smokeBar: item[DangerLevelKeys.smokeBar],
                    flameBar: item[DangerLevelKeys.flameBar],
                    dwellSeconds: item[DangerLevelKeys.dwellSeconds],
                    pictureEverySeconds: item[DangerLevelKeys.pictureEverySeconds],
                    flamePictureEverySeconds: item[DangerLevelKeys.flamePictureEverySeconds],
                    acknowledgeMinutes: item[DangerLevelKeys.acknowledgeMinutes]))
        }
        return found
    }
}
