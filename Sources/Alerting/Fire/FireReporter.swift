public import Domain
public import Geolocation

/// What is known of the site when a fire is described: who speaks, where the cameras stand, what the ground is like.
public struct FireReporter: Sendable {
    public struct Camera: Sendable, Equatable {
        public var name: String
        /// `nil` where it tells no directions.
        public var pose: CameraPose?

        public init(name: String, pose: CameraPose?) {
            self.name = name
            self.pose = pose
        }
    }

    public var issuer: CAPSeries.Issuer
    public var cameras: [CameraID: Camera]
    public var locator: Locator

    public init(issuer: CAPSeries.Issuer, cameras: [CameraID: Camera], locator: Locator) {
        self.issuer = issuer
        self.cameras = cameras
        self.locator = locator
    }

    /// What is said of a fire after a step of one of its incidents.
    ///
    /// - Parameter incidents: all that belong to the fire, as they stand, oldest first.
    func report(_ revision: IncidentRevision, stage: FireStage, incidents: [Incident]) -> CAPSeries.Report {
        var names: [String] = []
        for incident in incidents {
            let name = name(of: incident.camera)
            if !names.contains(name) { names.append(name) }
        }
        var report = CAPSeries.Report(
            time: revision.time, stage: stage, kind: revision.incident.kind,
            confidence: incidents.map(\.confidence).max() ?? revision.incident.confidence, cameras: names)
        report.remark = revision.remark(in: .vi)
        report.shownBy = revision.incident.id
        report.modelHash = revision.incident.detector ?? incidents.lazy.compactMap(\.detector).last
        report.dangerLevel = revision.incident.dangerLevel ?? incidents.lazy.compactMap(\.dangerLevel).last
        report.opinion = incidents.compactMap(\.object).reduce(nil) { $1.combined(with: $0) }
        let sightings = sightings(incidents)
        for sighting in sightings { report.cameraNames[sighting.camera] = name(of: sighting.camera) }
        report.bearings = sightings.compactMap { sighting in
            sighting.pose.sightLine(to: sighting.point).map {
                Bearing(camera: sighting.camera, pose: sighting.pose, sightLine: $0)
            }
        }
        if !sightings.isEmpty { report.location = try? locator.locate(sightings) }
        return report
    }

    func name(of camera: CameraID) -> String { cameras[camera]?.name ?? camera.rawValue }

    /// Where an incident's foot is in its picture; `nil` without a pose.
    func sighting(of incident: Incident) -> PointSighting? {
        guard let pose = cameras[incident.camera]?.pose, let foot = incident.box?.footPoint else { return nil }
        return PointSighting(camera: incident.camera, pose: pose, point: foot)
    }

    /// One for each camera, from its latest incident.
    private func sightings(_ incidents: [Incident]) -> [PointSighting] {
        var latest: [CameraID: PointSighting] = [:]
        for incident in incidents { latest[incident.camera] = sighting(of: incident) ?? latest[incident.camera] }
        return latest.values.sorted { $0.camera < $1.camera }
    }
}
