import ArgumentParser
import Domain
import SyntheticScenes

/// `render-scene`: writes a synthetic scene as raw video, with the truth about what is in it.
@main
struct RenderScene: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render-scene",
        abstract: "Renders a synthetic camera scene as YUV4MPEG2 video, with exact ground truth.",
        discussion: """
            Scenes:
            \(SceneName.allCases.map { "  \($0.rawValue): \($0.summary)" }.joined(separator: "\n"))

            Example:
              render-scene gate --size 640x360 --fps 10 --seconds 60 --y4m - | ffmpeg -i - -c:v libx264 gate.mp4
            """)

    @Argument(
        help: "Which scene to render (see above).", completion: .list(SceneName.allCases.map(\.rawValue)),
        transform: RenderScene.scene(named:))
    var scene: SceneName?

    @Flag(help: "List the scenes, one a line, and stop.")
    var list = false

    @Option(help: "Width and height in pixels, both even.")
    var size = PictureSize(width: 640, height: 360)

    @Option(help: "Frames a second, 1 to 60.")
    var fps = 10.0

    @Option(help: "Length of one loop of the scene; each scene has its own default.")
    var seconds: Double?

    @Option(help: "How many times the loop is played, each time with new sensor noise.")
    var loops = 1

    @Option(help: "Another seed gives other people, clouds and noise.")
    var seed: UInt64 = 1

    @Option(name: .customLong("noise"), help: "Standard deviation of the sensor noise in 8-bit steps, 0 to 40.")
    var noiseSigma = 2.0

    @Option(name: .customLong("jitter"), help: "Largest shift of the picture by camera shake in pixels, 0 to 8.")
    var jitterPixels = 0.0

    @Flag(name: .customLong("frame-number"), help: "Draw each frame's number as blocks that a program can read.")
    var drawsNumber = false

    @Option(help: "Write the video to this file; '-' is the standard output.")
    var y4m: String?

    @Option(help: "Write one JSON object per frame to this file: which objects are where.")
    var truth: String?

    @Option(help: "Write one PGM picture per frame to this folder: 0 for background, 1 to 255 for an object's id.")
    var masks: String?

    func validate() throws {
        guard !list else { return }
        guard scene != nil else {
            throw ValidationError("Say which scene: \(RenderScene.sceneNames).")
        }
        guard y4m != nil || truth != nil || masks != nil else {
            throw ValidationError("Nothing to write. Give --y4m FILE (or -), --truth FILE or --masks FOLDER.")
        }
        guard loops >= 1 else { throw ValidationError("--loops \(loops) plays nothing. Give 1 or more.") }
    }

    private static let sceneNames = SceneName.allCases.map(\.rawValue).joined(separator: ", ")

    private static func scene(named name: String) throws -> SceneName {
        guard let scene = SceneName(rawValue: name) else {
            throw ValidationError("There is no scene '\(name)'. Choose one of: \(sceneNames).")
        }
        return scene
    }

    func run() throws {
        guard let scene, !list else {
            for name in SceneName.allCases { print("\(name.rawValue)\t\(name.summary)") }
            return
        }
        let settings = SceneSettings(
            width: size.width, height: size.height, framesPerSecond: fps, seconds: seconds ?? scene.naturalSeconds,
            seed: seed, noiseSigma: noiseSigma, jitterPixels: jitterPixels)
        do {
            var rendered = try scene.makeScene(settings)
            try write(&rendered)
        } catch let error as any ActionableError {
            throw ValidationError(error.description)
        }
    }

    private func write(_ scene: inout any Scene) throws {
        let video = try y4m.map { try Y4MWriter(path: $0, settings: scene.settings) }
        let records = try truth.map { try OutputFile(path: $0) }
        if let masks { try OutputFile.makeFolder(masks) }
        var picture = scene.makePicture()
        var mask = scene.makeTruthMask()
        for frame in 0..<scene.frameCount * loops {
            let objects = scene.render(frame: frame, into: &picture, truth: &mask)
            if drawsNumber { FrameStamp.draw(frame, on: &picture) }
            try video?.write(picture)
            try records?.write(TruthRecord.line(frame: frame, settings: scene.settings, objects: objects))
            if let masks { try OutputFile.writePGM(mask, path: "\(masks)/\(paddedNumber(frame)).pgm") }
        }
        try video?.close()
        try records?.close()
    }

    private func paddedNumber(_ frame: Int) -> String {
        let digits = String(frame)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }
}

/// `640x360` on the command line.
struct PictureSize: ExpressibleByArgument, CustomStringConvertible {
    var width: Int
    var height: Int

    init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    init?(argument: String) {
        let parts = argument.split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 2, let width = Int(parts[0]), let height = Int(parts[1]) else { return nil }
        self.init(width: width, height: height)
    }

    var description: String { "\(width)x\(height)" }
    var defaultValueDescription: String { description }
}
