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
        return SiteSettings.Alerts(
            sender: section[AlertKeys.sender], status: section[AlertKeys.capStatus],
            webAddress: section[AlertKeys.webAddress], heartbeat: heartbeat)
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
            weather: section[FireDangerKeys.weather].map { SitePath.absolute($0, in: folder) })
    }
}
