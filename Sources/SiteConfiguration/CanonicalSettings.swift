import Domain

extension CameraSettings {
    /// All that decides what is found on this camera's pictures and what is made of it, as text that is the same for the
    /// same settings: what decisions name their configuration by. Holds no address and no secret.
    public var canonicalText: String {
        var lines = [
            "detect \(detect.map(\.rawValue).joined(separator: ","))",
            "motion \(motion.workingHeight) \(motion.framesPerSecond) \(motion.quietFramesPerSecond) "
                + "\(motion.minimumAreaFraction) \(motion.confirmSeconds)",
            "smoke \(smoke.regime.rawValue)" + (smoke.detail == .usual ? "" : " \(smoke.detail.rawValue)"),
        ]
        if let classify {
            lines.append(
                "classify \(classify.model) \(classify.minimumConfidence) \(classify.cropsPerSecond) "
                    + (classify.labels?.joined(separator: ",") ?? ""))
        }
        if let second = smoke.secondOpinion {
            lines.append(
                "secondOpinion \(second.classifier.model) \(second.classifier.minimumConfidence) \(second.barWithoutIt) "
                    + (second.classifier.labels?.joined(separator: ",") ?? ""))
        }
        lines += zones.map { "zone \($0.id) \(Self.text($0.polygon))" }
        lines += masks.map { "mask \(Self.text($0.polygon)) \($0.hidesFire)" }
        if decode != .all || skipsLoopFilter { lines.append("decode \(decode.rawValue) \(skipsLoopFilter)") }
        if tamper == detect.isEmpty { lines.append("tamper \(tamper)") }
        // Places and speeds on the ground are told from it.
        if let pose {
            let numbers = [
                pose.position.latitudeDegrees, pose.position.longitudeDegrees, pose.heightMetres, pose.azimuthDegrees,
                pose.tiltDegrees, pose.rollDegrees, pose.fieldOfViewDegrees, pose.sigmaDegrees, pose.aspectRatio,
            ]
            lines.append("pose \(numbers.map { "\($0)" }.joined(separator: " "))")
        }
        if let ground { lines.append("ground \(ground.canonicalText)") }
        lines += rules.map(\.canonicalText)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func text(_ polygon: PicturePolygon) -> String {
        polygon.points.map { "\($0.x),\($0.y)" }.joined(separator: " ")
    }
}

extension RuleSettings {
    fileprivate var canonicalText: String {
        let windows = schedule.windows.map { window in
            let days = window.days.map(\.rawValue).sorted().map(String.init).joined()
            return "\(days):\(window.start)..\(window.end)"
        }
        let parts: [(String, String?)] = [
            ("kind", kind.rawValue), ("zone", zone?.id), ("test", test.map { "\($0.rawValue) \(minimumOverlap)" }),
            ("line", line.map(Self.text)), ("crossing", line == nil ? nil : crossing.rawValue),
            ("way", allowedWay.map(Self.text)), ("kmh", kilometresPerHour.map { "\($0)" }),
            ("heights", heightsPerSecond.map { "\($0)" }),
            ("when", windows.isEmpty ? nil : windows.joined(separator: ";")),
            ("severity", severity.rawValue), ("quiet", "\(quietSeconds)"), ("cooldown", "\(cooldownSeconds)"),
            ("seconds", "\(minimumSeconds)"), ("confidence", "\(minimumConfidence)"),
            ("area", "\(minimumAreaFraction)"),
            ("objects", objects.isEmpty ? nil : objects.map(\.rawValue).sorted().joined(separator: ",")),
        ]
        return "rule \(name): "
            + parts.compactMap { name, value in value.map { "\(name)=\($0)" } }.joined(separator: " ")
    }

    private static func text(_ line: PictureLine) -> String {
        "\(line.start.x),\(line.start.y) \(line.end.x),\(line.end.y)"
    }
}
