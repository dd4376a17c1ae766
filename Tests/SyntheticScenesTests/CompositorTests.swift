import Domain
import Testing

@testable import SyntheticScenes

/// The truth, held against shapes whose area is known.
@Suite struct CompositorTests {
    private static let settings = SceneSettings(
        width: 128, height: 96, framesPerSecond: 5, seconds: 10, noiseSigma: 0, jitterPixels: 0)

    /// A full rectangle of canvas pixels.
    private static func rectangle(x: Int, y: Int, width: Int, height: Int, grey: Float = 1, alpha: Float = 1) -> Stamp {
        var stamp = Stamp(left: Float(x), top: Float(y), right: Float(x + width), bottom: Float(y + height))
        for row in 0..<height {
            for column in 0..<width {
                let i = (y + row - stamp.originY) * stamp.width + x + column - stamp.originX
                stamp.lay(i, y: grey, u: 0, v: 0, cover: alpha)
            }
        }
        return stamp
    }

    private static func object(_ id: Int, depth: Float, _ stamp: Stamp, shadow: Stamp? = nil) -> SceneObject {
        SceneObject(identity: (id, .person), depth: depth, picture: stamp, shadow: shadow)
    }

    private struct Composed {
        var picture: YUVFrame
        var mask: TruthMask
        var objects: [ObjectTruth]
    }

    /// Mid grey, half of it from the sun. Columns from 100 on are an occluder at depth 10.
    private static func compose(_ objects: [SceneObject], settings: SceneSettings = settings) -> Composed {
        var compositor = Compositor(settings)
        let canvas = compositor.canvas
        let backdrop = Backdrop(width: canvas.width, height: canvas.height, occluderDepths: [10], hasLamp: false) {
            x, _ in
            SurfaceSample(
                ambient: SceneColor(0.25, 0.25, 0.25), sun: SceneColor(0.25, 0.25, 0.25), occluder: x >= 100 ? 1 : 0)
        }
        var result = Composed(
            picture: YUVFrame(width: settings.width, height: settings.height),
            mask: TruthMask(width: settings.width, height: settings.height), objects: [])
        result.objects = compositor.compose(
            frame: 0, backdrop: backdrop, lightField: LightField(width: canvas.width, height: canvas.height),
            objects: objects, into: &result.picture, truth: &result.mask)
        return result
    }

    @Test func aThingInFullViewIsWholeAndItsBoxIsExact() throws {
        let seen = Self.compose([Self.object(3, depth: 5, Self.rectangle(x: 32, y: 24, width: 16, height: 48))])
        let truth = try #require(seen.objects.first)
        #expect(truth.id == 3 && truth.visibleFraction == 1 && truth.visibleArea == 768)
        #expect(truth.box == Box(x: 0.25, y: 0.25, width: 0.125, height: 0.5))
        #expect(seen.mask.ids.reduce(0) { $0 + ($1 == 3 ? 1 : 0) } == 768)
        #expect(seen.picture.y[24 * 128 + 32] == 235 && seen.picture.y[24 * 128 + 31] == 126)
    }

    @Test(arguments: [0, 1, 7, 8, 15, 16])
    func whatIsBeyondTheEdgeIsNotSeen(_ inside: Int) {
        let stamp = Self.rectangle(x: inside - 16, y: 24, width: 16, height: 40)
        let seen = Self.compose([Self.object(1, depth: 5, stamp)])
        #expect(seen.objects.first?.visibleFraction ?? 0 == Double(inside) / 16)
        #expect(seen.objects.isEmpty == (inside == 0))
    }

    @Test func anOccluderHidesOnlyWhatIsBehindIt() {
        let across = Self.rectangle(x: 90, y: 10, width: 20, height: 20)
        #expect(Self.compose([Self.object(1, depth: 20, across)]).objects.first?.visibleFraction == 0.5)
        #expect(Self.compose([Self.object(1, depth: 9, across)]).objects.first?.visibleFraction == 1)
    }

    @Test func theNearerThingHidesTheFarther() {
        let far = Self.object(1, depth: 8, Self.rectangle(x: 20, y: 20, width: 20, height: 20, grey: 0))
        let near = Self.object(2, depth: 4, Self.rectangle(x: 30, y: 20, width: 20, height: 20))
        for order in [[far, near], [near, far]] {
            let seen = Self.compose(order)
            #expect(seen.objects.map(\.visibleFraction) == [0.5, 1])
            #expect(seen.mask.ids[25 * 128 + 35] == 2)
        }
    }

    @Test func hazeFollowsItsLaw() {
        // t = 0.5 over 0.5 grey with A = 1: 0.75 of 219 steps above 16.
        let haze = Self.rectangle(x: 20, y: 20, width: 20, height: 20, grey: 1, alpha: 0.5)
        let seen = Self.compose([SceneObject(identity: (1, .smoke), depth: 5, picture: haze, shadow: nil)])
        #expect(seen.picture.y[30 * 128 + 30] == 180)
        #expect(seen.mask.coverage[30 * 128 + 30] == 128)
        #expect(seen.objects.first?.visibleArea == 200)
    }

    @Test func twoShadowsTakeTheSunOnce() {
        let nothing = Self.rectangle(x: 0, y: 0, width: 2, height: 2, alpha: 0)
        let shadow = Self.rectangle(x: 60, y: 60, width: 20, height: 20)
        let one = Self.compose([Self.object(1, depth: 5, nothing, shadow: shadow)])
        let two = Self.compose([
            Self.object(1, depth: 5, nothing, shadow: shadow), Self.object(2, depth: 6, nothing, shadow: shadow),
        ])
        #expect(one.picture.y[70 * 128 + 70] == 71, "the light of the sky alone")
        #expect(two.picture == one.picture)
        #expect(one.objects.isEmpty, "a shadow is no object")
    }

    @Test func aShakenPictureCutsTheThingWhereItsEdgeIs() throws {
        var shaky = Self.settings
        shaky.jitterPixels = 3
        let margin = shaky.margin
        let stamp = Self.rectangle(x: margin + 50, y: margin + 30, width: 20, height: 30)
        let seen = try #require(Self.compose([Self.object(1, depth: 5, stamp)], settings: shaky).objects.first)
        let box = try #require(seen.box)
        #expect(seen.visibleFraction == 1)
        #expect(abs(box.x * 128 - 50) <= 3 && abs(box.y * 96 - 30) <= 3)
        #expect(abs(box.width * 128 - 20) < 1e-4)
    }
}

@Suite struct GroundPathTests {
    @Test func aStraightWayIsMeasuredInMetres() {
        let path = GroundPath([(0, 10), (3, 14), (6, 18)])
        #expect(abs(path.length - 10) < 0.01)
        let middle = path.place(at: 5)
        #expect(abs(middle.x - 3) < 0.05 && abs(middle.z - 14) < 0.05)
        #expect(abs(middle.forward.x - 0.6) < 0.01 && abs(middle.forward.z - 0.8) < 0.01)
        #expect(path.place(at: -1).x == 0)
        #expect(path.place(at: 99).z == 18)
    }

    @Test func theCameraSeesTheGroundWhereItIsProjected() throws {
        let camera = GroundCamera(SceneSettings(), horizon: 0.2, focal: 0.85, heightMetres: 3.8)
        let there = WorldPoint(x: -2.5, y: 0, z: 12)
        let seen = camera.project(there)
        let back = try #require(camera.onGround(seen.x, seen.y))
        #expect(abs(back.x - there.x) < 1e-3 && abs(back.z - there.z) < 1e-3)
        #expect(camera.onGround(seen.x, camera.horizonY - 1) == nil)
    }
}
