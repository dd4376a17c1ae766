import Domain
import SyntheticScenes
import Testing

@Suite struct SceneTests {
    /// Small, without noise unless a test is about it.
    static func settings(_ seconds: Double, noise: Double = 0, jitter: Double = 0, seed: UInt64 = 7) -> SceneSettings {
        SceneSettings(
            width: 320, height: 180, framesPerSecond: 5, seconds: seconds, seed: seed, noiseSigma: noise,
            jitterPixels: jitter)
    }

    struct Rendered {
        var picture: YUVFrame
        var mask: TruthMask
        var objects: [ObjectTruth]
    }

    static func render(_ scene: inout any Scene, _ frame: Int) -> Rendered {
        var result = Rendered(picture: scene.makePicture(), mask: scene.makeTruthMask(), objects: [])
        result.objects = scene.render(frame: frame, into: &result.picture, truth: &result.mask)
        return result
    }

    static func meanDifference(_ a: YUVFrame, _ b: YUVFrame) -> Double {
        Double(zip(a.y, b.y).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }) / Double(a.y.count)
    }

    static func meanLuma(_ picture: YUVFrame) -> Double {
        Double(picture.y.reduce(0) { $0 + Int($1) }) / Double(picture.y.count)
    }

    @Test(arguments: SceneName.allCases)
    func anyFrameIsTheSameWhateverWasDrawnBefore(_ name: SceneName) throws {
        let settings = Self.settings(max(60, name.minimumSeconds), noise: 2, jitter: 1.5)
        var inOrder = try name.makeScene(settings)
        var direct = try name.makeScene(settings)
        var last = Self.render(&inOrder, 0)
        for frame in stride(from: 55, through: 75, by: 4) { last = Self.render(&inOrder, frame) }
        let same = Self.render(&direct, 75)
        #expect(last.picture == same.picture)
        #expect(last.mask == same.mask)
        #expect(last.objects == same.objects)
    }

    @Test(arguments: SceneName.allCases)
    func anotherSeedGivesAnotherPicture(_ name: SceneName) throws {
        var one = try name.makeScene(Self.settings(60, seed: 1))
        var other = try name.makeScene(Self.settings(60, seed: 2))
        #expect(Self.render(&one, 0).picture != Self.render(&other, 0).picture)
    }

    /// The step over the seam of the loop is no larger than the steps beside it.
    @Test(arguments: SceneName.allCases)
    func theLastPictureFlowsIntoTheFirst(_ name: SceneName) throws {
        var scene = try name.makeScene(Self.settings(60))
        let count = scene.frameCount
        let around = (count - 4...count + 4).map { Self.render(&scene, $0).picture }
        let steps = zip(around, around.dropFirst()).map { Self.meanDifference($0, $1) }
        let seam = steps[3]
        let largestBeside = (steps[..<3] + steps[4...]).max() ?? 0
        #expect(seam <= 1.3 * largestBeside + 0.02, "seam \(seam), beside it \(largestBeside)")
        #expect(around[4] == Self.render(&scene, 0).picture)
    }

    @Test(arguments: [36.0, 90, 200])
    func visitsToTheGateAreApart(_ seconds: Double) throws {
        var scene = try SceneName.gate.makeScene(Self.settings(seconds))
        let busy = (0..<scene.frameCount).map { !Self.render(&scene, $0).objects.isEmpty }
        #expect(busy.prefix(40).allSatisfy { !$0 }, "the first 8 s are quiet")
        #expect(busy.prefix(100).contains(true), "something happens in the first 20 s")
        var gaps: [Int] = []
        var last: Int?
        for frame in busy.indices where busy[frame] {
            if let last, frame - last > 1 { gaps.append(frame - last - 1) }
            last = frame
        }
        if let last { gaps.append(busy.count - 1 - last + 40) }
        // A pair of pillars hides a person for a moment; anything longer separates two visits.
        #expect(gaps.allSatisfy { $0 <= 5 || $0 >= 60 }, "gaps in frames: \(gaps)")
    }

    @Test func aPersonComesIntoThePictureStepByStep() throws {
        var scene = try SceneName.gate.makeScene(Self.settings(90))
        var kinds: Set<ObjectKind> = []
        var halfIn: [Int] = []
        var previous: [Int: Double] = [:]
        for frame in 0..<scene.frameCount {
            let rendered = Self.render(&scene, frame)
            for object in rendered.objects {
                kinds.insert(object.kind)
                #expect(object.visibleFraction > 0 && object.visibleFraction <= 1)
                if let box = object.box {
                    #expect(box.x >= 0 && box.y >= 0 && box.maxX <= 1 && box.maxY <= 1 && box.area > 0)
                }
                if object.visibleFraction >= 0.5, previous[object.id, default: 0] < 0.5 { halfIn.append(object.id) }
                previous[object.id] = object.visibleFraction
            }
        }
        #expect(kinds == [.person, .car])
        #expect(Set(halfIn) == Set(previous.keys), "each one is half in the picture at some frame")
        #expect(previous.count >= 3)
    }

    /// The list of objects and the mask tell the same.
    @Test(arguments: [SceneName.gate, .hillside], [0.0, 2.0])
    func maskAndListAgree(_ name: SceneName, _ jitter: Double) throws {
        var scene = try name.makeScene(Self.settings(90, jitter: jitter))
        var compared = 0
        for frame in stride(from: 0, to: scene.frameCount, by: 7) {
            let rendered = Self.render(&scene, frame)
            guard rendered.objects.count == 1 else {
                if rendered.objects.isEmpty { #expect(rendered.mask.ids.allSatisfy { $0 == 0 }) }
                continue
            }
            let object = rendered.objects[0]
            let inMask = zip(rendered.mask.ids, rendered.mask.coverage)
                .reduce(0.0) { $1.0 == UInt8(object.id) ? $0 + Double($1.1) / 255 : $0 }
            // A shaken mask is taken from the nearest pixel, so it may differ by part of the outline.
            let tolerance = jitter == 0 ? 0.02 * object.visibleArea + 1 : 0.15 * object.visibleArea + 8
            #expect(abs(inMask - object.visibleArea) <= tolerance, "frame \(frame)")
            compared += 1
        }
        #expect(compared > 10)
    }

    @Test func smokeRisesAfterEightSecondsAndIsGoneAtTheEnd() throws {
        var scene = try SceneName.hillside.makeScene(Self.settings(100))
        let areas = (0..<scene.frameCount).map { Self.render(&scene, $0).objects.first?.visibleArea ?? 0 }
        #expect(areas[..<40].allSatisfy { $0 == 0 })
        #expect(areas.suffix(35).allSatisfy { $0 == 0 })
        #expect(areas[45] > 0)
        #expect(areas[75] > 3 * areas[50], "it grows")
        let greatest = areas.max() ?? 0
        #expect(greatest > 150, "it is large enough to be seen")
        #expect(areas[430] < 0.6 * greatest, "it fades")
    }

    @Test func smokeBrightensDarkForestAndChangesNothingElsewhere() throws {
        var scene = try SceneName.hillside.makeScene(Self.settings(100))
        let with = Self.render(&scene, 200)
        let object = try #require(with.objects.first)
        let box = try #require(object.box)
        #expect(object.kind == .smoke && object.visibleFraction > 0.9)
        // Thick smoke is close to its own colour, whatever is behind it.
        let thick = with.mask.coverage.indices.filter { with.mask.coverage[$0] > 150 }
        #expect(!thick.isEmpty)
        #expect(thick.allSatisfy { with.picture.y[$0] > 90 })
        #expect(box.x > 0.2 && box.maxX < 1 && box.maxY < 0.9)
    }

    @Test(arguments: [1.0, 4.0, 10.0])
    func sensorNoiseIsAsStrongAsAskedFor(_ sigma: Double) throws {
        var clean = try SceneName.staticNoise.makeScene(Self.settings(2))
        let light = Self.render(&clean, 0).picture
        var scene = try SceneName.staticNoise.makeScene(Self.settings(2, noise: sigma))
        let a = Self.render(&scene, 0).picture
        let b = Self.render(&scene, 1).picture
        var sum = 0.0
        var squares = 0.0
        var count = 0.0
        // Mid grey, far from black and white, where nothing is cut off.
        for i in a.y.indices where (100..<152).contains(Int(light.y[i])) {
            let difference = Double(a.y[i]) - Double(b.y[i])
            sum += difference
            squares += difference * difference
            count += 1
        }
        #expect(count > 5_000)
        let measured = (squares / count / 2).squareRoot()
        // Rounding to whole steps adds a variance of 1/12.
        let expected = (sigma * sigma + 1 / 12).squareRoot()
        #expect(abs(measured / expected - 1) < 0.08, "measured \(measured), expected \(expected)")
        #expect(abs(sum / count) < 0.05 * sigma + 0.05)
    }

    @Test func withoutNoiseTheStaticSceneStandsStill() throws {
        var scene = try SceneName.staticNoise.makeScene(Self.settings(4))
        let first = Self.render(&scene, 0)
        #expect(Self.render(&scene, 11).picture == first.picture)
        #expect(first.objects.isEmpty)
    }

    @Test func theLampIsSwitchedAtOnceAndTheLightDriftsSlowly() throws {
        var scene = try SceneName.lightChanges.makeScene(Self.settings(60))
        let pictures = (0..<scene.frameCount).map { Self.render(&scene, $0) }
        #expect(pictures.allSatisfy { $0.objects.isEmpty })
        let light = pictures.map { Self.meanLuma($0.picture) }
        let steps = zip(light, light.dropFirst()).map { $1 - $0 }
        let on = try #require(steps.indices.max { steps[$0] < steps[$1] })
        let off = try #require(steps.indices.min { steps[$0] < steps[$1] })
        #expect(on == 179 && off == 254, "60 % and 85 % of 300 frames")
        #expect(steps[on] > 3)
        for (i, step) in steps.enumerated() where i != on && i != off { #expect(abs(step) < 1.5) }
        #expect((light.max() ?? 0) - (light.min() ?? 0) > 10)
    }

    @Test func cameraShakeMovesThePictureByNoMoreThanAsked() throws {
        var still = try SceneName.staticNoise.makeScene(Self.settings(2))
        var shaken = try SceneName.staticNoise.makeScene(Self.settings(2, jitter: 2))
        let reference = Self.render(&still, 0).picture
        for frame in 0..<5 {
            let picture = Self.render(&shaken, frame).picture
            var best = (difference: Double.infinity, x: 0, y: 0)
            for dy in -4...4 {
                for dx in -4...4 {
                    var sum = 0
                    for y in stride(from: 10, to: 170, by: 3) {
                        for x in stride(from: 10, to: 310, by: 3) {
                            sum += abs(
                                Int(picture.y[y * 320 + x]) - Int(reference.y[(y + dy) * 320 + x + dx]))
                        }
                    }
                    if Double(sum) < best.difference { best = (Double(sum), dx, dy) }
                }
            }
            #expect(abs(best.x) <= 2 && abs(best.y) <= 2)
        }
    }

    @Test func badSettingsSayWhatToDo() {
        func remedy(_ name: SceneName, _ change: (inout SceneSettings) -> Void) -> String? {
            var settings = SceneSettings()
            change(&settings)
            do {
                _ = try name.makeScene(settings)
                return nil
            } catch {
                return error.remedy
            }
        }
        #expect(remedy(.staticNoise) { $0.width = 641 } == "Choose an even number from 96 to 4096")
        #expect(remedy(.staticNoise) { $0.height = 0 } == "Choose an even number from 96 to 4096")
        #expect(remedy(.staticNoise) { $0.framesPerSecond = .nan } == "Choose 1 to 60")
        #expect(remedy(.gate) { $0.seconds = 10 } == "Choose 36.0 to 86400 seconds")
        #expect(remedy(.staticNoise) { $0.noiseSigma = -1 } == "Choose 0 to 40")
        #expect(remedy(.staticNoise) { $0.jitterPixels = 9 } == "Choose 0 to 8 pixels")
        #expect(remedy(.staticNoise) { $0.seconds = 1 } == nil)
    }
}
