import Detection
import Domain
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
        return options
    }

    fileprivate var motionSettings: MotionSettings {
        MotionSettings(
            workingHeight: motion.workingHeight, framesPerSecond: motion.framesPerSecond,
            minimumAreaFraction: motion.minimumAreaFraction, confirmSeconds: motion.confirmSeconds)
    }

    fileprivate var incidentRules: [IncidentRule] {
        rules.map { rule in
            IncidentRule(
                name: rule.name, kind: rule.kind, zone: rule.zone, schedule: rule.schedule, severity: rule.severity,
                quietTime: .seconds(rule.quietSeconds), minimumDuration: .seconds(rule.minimumSeconds),
                minimumConfidence: rule.minimumConfidence)
        }
    }
}

extension CameraPipeline {
    /// The detectors and rules that a camera's settings ask for.
    init(for settings: CameraSettings, of site: SiteSettings) {
        let zone = site.site.timeZone
        self.init(
            detector: MotionDetector(settings: settings.motionSettings),
            smoke: settings.detect.contains(.smoke) ? SmokeStage(settings.smoke) : nil,
            flame: settings.detect.contains(.flame) ? FlameDetector() : nil,
            judge: IncidentJudge(
                camera: settings.id, zones: settings.zones, rules: settings.incidentRules,
                localTime: { zone.localTime(at: $0) }),
            detectsMotion: settings.detect.contains(.motion),
            detectsAnything: !settings.detect.isEmpty)
    }
}
