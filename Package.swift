// swift-tools-version: 6.2
import PackageDescription

/// Every target of Lookout is compiled under the same rules: warnings are errors, unsafe code says so.
let rules: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
]
let productRules = rules + [.strictMemorySafety()]
/// Kernels are about 1,000 times slower without the optimiser, so they are optimised in debug builds too.
let kernelRules = productRules + [.unsafeFlags(["-O"], .when(configuration: .debug))]

/// Tests that render or compare millions of pixels.
let pixelTestRules = rules + [.unsafeFlags(["-O"], .when(configuration: .debug))]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

/// What watches a camera and keeps its incidents: the part that threads and C libraries meet in.
let core: [Target] = [
    .systemLibrary(
        name: "CFFmpeg", pkgConfig: "libavformat libavcodec libavutil libswscale",
        providers: [.apt(["libavformat-dev", "libavcodec-dev", "libavutil-dev", "libswscale-dev"])]),
    .target(name: "Domain", swiftSettings: productRules),
    .systemLibrary(name: "CPrefetch"),
    .target(name: "PixelKernels", dependencies: ["CPrefetch"], swiftSettings: kernelRules),
    .target(name: "SyntheticScenes", dependencies: ["Domain", "PixelKernels"], swiftSettings: kernelRules),
    .target(name: "Media", dependencies: ["CFFmpeg", "Domain", "PixelKernels"], swiftSettings: productRules),
    .target(name: "Detection", dependencies: ["Domain", "PixelKernels"], swiftSettings: kernelRules),
    // Debian puts OpenCV's headers into a folder of their own.
    .target(
        name: "COpenCV", cxxSettings: [.unsafeFlags(["-isystem", "/usr/include/opencv4"])],
        linkerSettings: [.linkedLibrary("opencv_dnn"), .linkedLibrary("opencv_core")]),
    .target(name: "Inference", dependencies: ["COpenCV", "Domain", "PixelKernels"], swiftSettings: kernelRules),
    .target(name: "Geolocation", dependencies: ["Domain"], swiftSettings: productRules),
    .target(name: "Incidents", dependencies: ["Domain", "Geolocation"], swiftSettings: productRules),
    .target(
        name: "SiteConfiguration", dependencies: ["Domain", .product(name: "Yams", package: "Yams")],
        swiftSettings: productRules),
    .systemLibrary(name: "CMosquitto", pkgConfig: "libmosquitto", providers: [.apt(["libmosquitto-dev"])]),
    .target(name: "CCurl", linkerSettings: [.linkedLibrary("curl")]),
    .target(
        name: "Channels",
        dependencies: ["CCurl", "CMosquitto", "Domain"], swiftSettings: productRules),
    .target(
        name: "Alerting",
        dependencies: ["Channels", "Domain", "EventBus", "Evidence", "Geolocation", "Incidents", "Journal", logging],
        swiftSettings: productRules),
    .target(
        name: "Journal", dependencies: ["Domain", .product(name: "GRDB", package: "GRDB.swift")],
        exclude: ["Storage.md"], swiftSettings: productRules),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .target(
        name: "Evidence", dependencies: ["COpenSSL", "Domain"], swiftSettings: productRules),
    // The model files, taken in by the C compiler: as array literals of Swift they would take minutes.
    .target(
        name: "CSmokeModels", path: "models",
        exclude: [
            "README.md", "train", "smoke-tower-trees.json", "smoke-tower-network-1.json",
            "smoke-tower-network-2.json", "smoke-near-trees.json", "smoke-near-network.json", "SHA256SUMS",
        ], sources: ["smoke_models.c"]),
    .target(
        name: "SmokeModels", dependencies: ["CSmokeModels", "Detection", "Domain", "Evidence", "PixelKernels"],
        swiftSettings: productRules),
    .target(name: "EventBus", dependencies: ["Domain", "Journal"], swiftSettings: productRules),
    .target(
        name: "Watch",
        dependencies: [
            "SiteConfiguration", "Detection", "Domain", "EventBus", "Evidence", "Geolocation", "Incidents", "Inference",
            "Journal", "Media", "PixelKernels", "SmokeModels", logging,
        ], swiftSettings: productRules),
    .testTarget(name: "DomainTests", dependencies: ["Domain"], swiftSettings: rules),
    .testTarget(name: "PixelKernelsTests", dependencies: ["PixelKernels"], swiftSettings: pixelTestRules),
    .testTarget(
        name: "SyntheticScenesTests", dependencies: ["SyntheticScenes", "Domain", "PixelKernels"],
        swiftSettings: rules),
    .testTarget(name: "MediaTests", dependencies: ["Media", "Domain", "PixelKernels"], swiftSettings: rules),
    .testTarget(
        name: "DetectionTests",
        dependencies: ["Detection", "Domain", "Geolocation", "Incidents", "PixelKernels", "SyntheticScenes"],
        exclude: ["smoke-reference.json"], swiftSettings: pixelTestRules),
    .testTarget(
        name: "InferenceTests", dependencies: ["Inference", "Domain", "PixelKernels"], exclude: ["Models"],
        swiftSettings: pixelTestRules),
    .testTarget(
        name: "SmokeModelsTests", dependencies: ["SmokeModels", "Detection", "Evidence"], swiftSettings: rules),
    .testTarget(name: "GeolocationTests", dependencies: ["Geolocation", "Domain"], swiftSettings: rules),
    .testTarget(
        name: "IncidentsTests", dependencies: ["Incidents", "Domain", "Geolocation"], swiftSettings: rules),
    .testTarget(name: "ChannelsTests", dependencies: ["Channels", "Domain"], swiftSettings: rules),
    .testTarget(
        name: "AlertingTests", dependencies: ["Alerting", "Domain", "Geolocation"], exclude: ["validate_cap.py"],
        swiftSettings: rules),
    .testTarget(
        name: "SiteConfigurationTests", dependencies: ["SiteConfiguration", "Domain"], swiftSettings: rules),
    .target(
        name: "JournalTestSupport", dependencies: ["Journal", "Domain", "Evidence"],
        path: "Tests/JournalTestSupport", swiftSettings: rules),
    // What the crash tests kill.
    .executableTarget(
        name: "storage-writer", dependencies: ["EventBus", "Evidence", "Journal", "Domain", "JournalTestSupport"],
        path: "Tests/StorageWriter", swiftSettings: rules),
    // What the delivery tests kill.
    .executableTarget(
        name: "alert-sender",
        dependencies: [
            "Alerting", "Channels", "Domain", "EventBus", "Evidence", "Geolocation", "Journal", logging,
        ], path: "Tests/AlertSender", swiftSettings: rules),
    .testTarget(
        name: "JournalTests",
        dependencies: [
            "Journal", "Domain", "Evidence", "JournalTestSupport",
            .product(name: "GRDB", package: "GRDB.swift"),
        ], swiftSettings: rules),
    .testTarget(
        name: "CrashTests",
        dependencies: ["Evidence", "Journal", "Domain", "JournalTestSupport", "storage-writer"],
        exclude: ["ForgetfulDisk.c"], swiftSettings: rules),
    .testTarget(
        name: "EvidenceTests", dependencies: ["Evidence", "Domain", "JournalTestSupport"], swiftSettings: rules),
    .testTarget(
        name: "EventBusTests", dependencies: ["EventBus", "Journal", "Domain", "JournalTestSupport"],
        swiftSettings: rules),
    .testTarget(
        name: "WatchTests",
        dependencies: [
            "Watch", "Domain", "Media", "Detection", "EventBus", "Evidence", "Incidents", "Inference", "Journal",
            "PixelKernels", "SiteConfiguration", "SyntheticScenes", logging,
        ],
        swiftSettings: rules),
]

/// What people and programs reach it by.
let surface: [Target] = [
    .target(name: "ProcessorGuard"),
    .systemLibrary(name: "CMalloc"),
    .target(
        name: "Center",
        dependencies: [
            "Domain", logging,
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HummingbirdCore", package: "hummingbird"),
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        ],
        resources: [.embedInCode("Resources")], swiftSettings: productRules),
    .executableTarget(
        name: "lookout",
        dependencies: [
            "Alerting", "CMalloc", "Center", "Channels", "SiteConfiguration", "Detection", "Domain", "EventBus",
            "Evidence",
            "Geolocation",
            "Incidents", "Journal", "Media", "PixelKernels", "ProcessorGuard", "Watch", argumentParser, logging,
            .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            .product(name: "UnixSignals", package: "swift-service-lifecycle"),
        ], swiftSettings: productRules),
    .executableTarget(
        name: "render-scene", dependencies: ["Domain", "ProcessorGuard", "SyntheticScenes", argumentParser],
        path: "Sources/RenderScene",
        swiftSettings: productRules),
    .testTarget(
        name: "CenterTests",
        dependencies: [
            "Center", "Domain", logging,
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
        ], swiftSettings: rules),
]

/// What touches pixels and FFmpeg's memory; it needs no outside package.
let pictures: Set = [
    "CFFmpeg", "CPrefetch", "Domain", "PixelKernels", "SyntheticScenes", "Media", "Detection", "DomainTests",
    "PixelKernelsTests",
    "SyntheticScenesTests", "MediaTests", "DetectionTests", "COpenCV", "Inference", "InferenceTests", "Incidents",
    "Geolocation",
]

/// The tests of what several threads touch.
let threaded: Set = ["WatchTests", "EventBusTests", "EvidenceTests", "MediaTests"]
/// What leads to people and programs outside.
let outward: Set = ["CMosquitto", "CCurl", "Channels", "ChannelsTests", "Alerting", "AlertingTests", "alert-sender"]

/// What measures kernels and detectors: no part of a plain build.
let measuring: [Target] = [
    .target(name: "AllocationCounter", path: "Tests/Benchmarks/AllocationCounter"),
    .executableTarget(
        name: "measure-detector",
        dependencies: ["AllocationCounter", "Detection", "Domain", "PixelKernels", "SyntheticScenes"],
        path: "Tests/Benchmarks/MeasureDetector", swiftSettings: rules),
]
let benchmarks: [Target] = [
    .executableTarget(
        name: "KernelBenchmarks",
        dependencies: [
            "Detection", "Domain", "PixelKernels", "SyntheticScenes", .product(name: "Benchmark", package: "benchmark"),
        ], path: "Tests/Benchmarks/KernelBenchmarks", swiftSettings: rules,
        plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
]
/// What scores detectors on rendered places with exact truth: `make score`.
let scoring: [Target] = [
    .executableTarget(
        name: "score-smoke", dependencies: ["Detection", "Domain", "PixelKernels", "SmokeModels", "Watch"],
        path: "Tests/Scores/ScoreSmoke", swiftSettings: pixelTestRules)
]
/// What feeds libFuzzer's inventions to whatever takes input from outside: `make fuzz`.
let fuzzing: [Target] = [
    .executableTarget(
        name: "fuzz-configuration", dependencies: ["SiteConfiguration"], path: "Tests/Fuzzing/FuzzConfiguration",
        swiftSettings: rules),
    .target(
        name: "MediaFuzzing", dependencies: ["Domain", "Media", "PixelKernels"], path: "Tests/Fuzzing/MediaFuzzing",
        swiftSettings: rules),
    .executableTarget(
        name: "fuzz-media", dependencies: ["Media", "MediaFuzzing"], path: "Tests/Fuzzing/FuzzMedia",
        swiftSettings: rules),
    .executableTarget(
        name: "fuzz-clips", dependencies: ["Domain", "Media", "MediaFuzzing"], path: "Tests/Fuzzing/FuzzClips",
        swiftSettings: rules),
    .executableTarget(
        name: "fuzz-sessions", dependencies: ["Domain", "Media", "MediaFuzzing"], path: "Tests/Fuzzing/FuzzSessions",
        swiftSettings: rules),
    .executableTarget(
        name: "fuzz-requests",
        dependencies: [
            "Center", "Domain", logging,
            .product(name: "Hummingbird", package: "hummingbird"),
            .product(name: "HTTPTypes", package: "swift-http-types"),
            .product(name: "NIOCore", package: "swift-nio"),
            .product(name: "NIOEmbedded", package: "swift-nio"),
        ], path: "Tests",
        sources: [
            "Fuzzing/FuzzRequests/FuzzRequests.swift", "CenterTests/TestBackend.swift", "CenterTests/Fixtures.swift",
            "CenterTests/RouterClient.swift",
        ], swiftSettings: rules),
]
let fuzzed: Set = ["CFFmpeg", "CPrefetch", "Center", "Domain", "Media", "PixelKernels", "SiteConfiguration"]
let measured = core.filter {
    ["CPrefetch", "Domain", "PixelKernels", "SyntheticScenes", "Detection"].contains($0.name)
}

/// `make sanitize` builds a part: with a sanitizer, all that the surface depends on would take longer than the tests.
let part = Context.environment["LOOKOUT_PART"]
let targets =
    switch part {
    case "pictures": core.filter { pictures.contains($0.name) }
    case "watching": core.filter { !outward.contains($0.name) && ($0.type != .test || threaded.contains($0.name)) }
    case "core": core
    case "score": core.filter { $0.type != .test } + scoring
    case "fuzz": (core + surface).filter { fuzzed.contains($0.name) } + fuzzing
    case "kernels": measured + measuring
    case "benchmarks": measured + measuring + benchmarks
    default: core + surface
    }

let dependencies: [Package.Dependency] =
    switch part {
    case "kernels": []
    // Without its traits, which need packages that only count what we count ourselves.
    case "benchmarks": [.package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: [])]
    default:
        [
            .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
            .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
            .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
            .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
            .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
            // Without its reader of configurations, which is a large package that nothing here uses.
            .package(
                url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: ["FullFoundation"]),
            .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
            .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        ]
    }

let package = Package(
    name: "Lookout",
    products: part != nil
        ? []
        : [
            .executable(name: "lookout", targets: ["lookout"]),
            .executable(name: "render-scene", targets: ["render-scene"]),
        ],
    dependencies: dependencies,
    targets: targets,
    cxxLanguageStandard: .cxx17
)
