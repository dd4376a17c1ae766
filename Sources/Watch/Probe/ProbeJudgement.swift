import Domain
import Media

extension ProbeReport {
    /// What a stream that could not be opened, or broke off, means.
    init(_ error: MediaError, hostAnswers: Bool?, figures: Figures, address: String) {
        let verdict: Verdict
        var sentence = error.description
        switch error.code {
        case .unauthorized, .forbidden: verdict = .wrongPassword
        case .notFound: verdict = .wrongPath
        case .refused: verdict = .refused
        case .unreachable: verdict = .unreachable
        case .timeout where figures.packets > 0:
            verdict = .stalled
            sentence =
                "\(address): the stream stalled after \(figures.packets) packets. Look at the camera's load and the "
                + "network, and whether another viewer takes its only connection."
        case .timeout where hostAnswers == false:
            verdict = .unreachable
            sentence =
                "\(address): nothing answers there. Check the address, the cable, and that no firewall drops the packets."
        case .timeout:
            verdict = .stalled
            sentence =
                "\(address): the camera is there but sends nothing. Check its load, and restart it if it stays silent."
        case .ended: verdict = .stalled
        case .noVideo: verdict = .noVideo
        case .unsupportedCodec: verdict = .unsupportedCodec
        default: verdict = .rejected
        }
        self.init(
            verdict: verdict, fault: error.cameraFault, sentence: sentence, remarks: [], figures: figures,
            address: address)
    }

    /// What a stream that was measured means.
    ///
    /// - Parameter isLive: a recording is not held against the rates of a camera.
    init(measured figures: Figures, hasKeyframe: Bool, isLive: Bool, address: String) {
        var fault: CameraFault?
        let verdict: Verdict
        let sentence: String
        let share = Double(figures.decodeErrors) / Double(max(1, figures.packets))
        if figures.packets > 0, !hasKeyframe {
            (verdict, fault) = (.noKeyframe, .noWholePicture)
            sentence =
                "\(address): no keyframe came in \(Self.text(figures.measuredSeconds)) s, so nothing can be decoded. "
                + "Set the camera's keyframe interval (GOP) to 2 seconds or less."
        } else if figures.pictures == 0 {
            (verdict, fault) = (.broken, .noWholePicture)
            sentence =
                "\(address): packets come but give no whole picture. Set transport tcp, or restart the camera."
        } else if share > StreamQuality.toleratedBroken {
            (verdict, fault) = (.broken, .brokenPictures)
            sentence =
                "\(address): \(Self.text(share * 100)) % of the pictures are broken. Check the network, or set transport tcp."
        } else {
            verdict = .healthy
            sentence = "\(address): all is well. \(Self.summary(figures))."
        }
        self.init(
            verdict: verdict, fault: fault, sentence: sentence,
            remarks: verdict == .healthy && isLive ? Self.remarks(figures) : [], figures: figures, address: address)
    }

    private static func summary(_ figures: Figures) -> String {
        let codec = [figures.codec, figures.profile].filter { !$0.isEmpty }.joined(separator: " ")
        let rate = figures.framesPerSecond.map { " at \(text($0)) pictures a second" } ?? ""
        return "\(codec) \(figures.width)x\(figures.height)\(rate)"
    }

    private static func remarks(_ figures: Figures) -> [String] {
        var remarks: [String] = []
        if let interval = figures.keyframeIntervalSeconds, interval > 4.5 {
            remarks.append(
                "A keyframe comes only each \(text(interval)) s: clips begin that much too early and a lost packet is seen "
                    + "that long. Set the camera's keyframe interval to 2 s.")
        }
        if let rate = figures.framesPerSecond, let nominal = figures.nominalFramesPerSecond, nominal < 121,
            rate < nominal * 0.8
        {
            remarks.append(
                "It promises \(text(nominal)) pictures a second and sends \(text(rate)): check the camera's load and its "
                    + "exposure at night.")
        }
        if let offset = figures.clockOffsetSeconds, abs(offset) > 2 {
            remarks.append(
                "The camera's clock is \(text(abs(offset))) s \(offset > 0 ? "ahead" : "behind"): set it by NTP. "
                    + "Lookout keeps its own time.")
        }
        if let lost = figures.packetsLost, lost > 0 {
            remarks.append("\(lost) RTP packets were lost: check the network, or set transport tcp.")
        }
        if figures.decodeErrors > 0 { remarks.append("\(figures.decodeErrors) pictures were broken.") }
        return remarks
    }

    /// With one digit behind the point, where that says anything.
    static func text(_ value: Double) -> String {
        let tenths = (value * 10).rounded() / 10
        return tenths == tenths.rounded() && tenths.magnitude < 1e9 ? String(Int(tenths)) : String(tenths)
    }
}
