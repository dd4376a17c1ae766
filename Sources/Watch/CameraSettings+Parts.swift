import Detection
import Domain
import Evidence
import Geolocation
import Incidents
import Media
import SiteConfiguration

extension CameraSettings {
    /// What opening the camera's stream needs to know.
    var streamOptions: StreamOptions {
        var options = StreamOptions()
        options.transport =
            switch transport {
            case .tcp: .tcp
            case .udp: .udp
            case .automatic: .automatic
            }
        options.stillsPerSecond = stillsPerSecond
        options.skipsLoopFilter = skipsLoopFilter
        return options
    }

    fileprivate var motionSettings: MotionSettings {
        MotionSettings(
            workingHeight: motion.workingHeight, framesPerSecond: motion.framesPerSecond,
            minimumAreaFraction: motion.minimumAreaFraction, confirmSeconds: motion.confirmSeconds)
    }

    /// SHA-256 over all that decides what is found and what is made of it.
    var fingerprint: String { ContentHash.sha256Hexadecimal(Array(canonicalText.utf8)) }

    fileprivate var incidentRules: [IncidentRule] { rules.map(IncidentRule.init) }

    /// One for each thing that can be done to a camera.
    fileprivate var tamperRules: [IncidentRule] {
        guard tamper else { return [] }
        let kinds: [IncidentKind] = [
            .cameraCovered, .cameraMoved, .cameraDefocused, .pictureFrozen, .pictureBlack, .overExposed,
        ]
        return kinds.map { IncidentRule(kind: $0) }
    }
}

extension IncidentRule {
    fileprivate init(_ rule: RuleSettings) {
        self.init(
            name: rule.name, kind: rule.kind, zone: rule.zone, schedule: rule.schedule, severity: rule.severity,
            quietTime: .seconds(rule.quietSeconds), minimumDuration: .seconds(rule.minimumSeconds),
            minimumConfidence: rule.minimumConfidence)
        placeTest =
            switch rule.test {
            case nil: .usual
            case .footPoint: .footPoint
            case .overlap: .overlap(minimum: rule.minimumOverlap)
            }
        line = rule.line
        crossing = rule.crossing
        allowedWay = rule.allowedWay
        speedLimit =
            rule.kilometresPerHour.map(SpeedLimit.kilometresPerHour)
            ?? rule.heightsPerSecond.map(SpeedLimit.heightsPerSecond)
        minimumArea = rule.minimumAreaFraction
        cooldown = .seconds(rule.cooldownSeconds)
        objects = rule.objects
    }
}

extension CameraPipeline {
    /// The detectors and rules that a camera's settings ask for.
    ///
    /// - Parameters:
    ///   - ground: what lines of sight meet, where the camera's pose is known; `nil`: a level at the site's height.
    ///   - orders: who has disarmed what; a clip is judged as if everything were armed.
    ///   - demand: what the danger of fire asks for; a clip is judged as on any day.
    ///   - habits: where smoke comes again and again; a clip is judged as if nobody knew.
    init(
        for settings: CameraSettings, of site: SiteSettings, on ground: Ground? = nil,
        orders: @escaping @Sendable () -> StandingOrders = { StandingOrders() },
        demand: @escaping @Sendable () -> FireDemand = { FireDemand() }, habits: HabitKeeper? = nil
    ) {
        let clock = SiteClock(site.site)
        self.init(
            camera: settings.id, detector: MotionDetector(settings: settings.motionSettings),
            smoke: settings.detect.contains(.smoke) ? SmokeStage(settings.smoke, demand: demand, habits: habits) : nil,
            flame: settings.detect.contains(.flame) ? FlameStage(demand: demand) : nil,
            judge: IncidentJudge(
                camera: settings.id, zones: settings.zones, rules: settings.incidentRules + settings.tamperRules,
                masks: settings.masks.map { PictureMask(polygon: $0.polygon, hidesFire: $0.hidesFire) },
                ground: GroundView(
                    camera: settings.id, points: settings.ground, pose: settings.pose,
                    on: ground ?? .level(heightMetres: site.geography.groundMetres)),
                standingOrders: orders, localTime: { clock.localTime(at: $0) }),
            detectsMotion: settings.detect.contains(.motion), motionPerSecond: settings.motion.framesPerSecond,
            quietMotionPerSecond: settings.motion.quietFramesPerSecond,
            detectsAnything: !settings.detect.isEmpty || settings.tamper,
            fingerprint: settings.fingerprint, demand: demand)
        if settings.tamper { noticeTampering() }
    }
}
