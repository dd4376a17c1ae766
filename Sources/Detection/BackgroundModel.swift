import PixelKernels

/// The background of one camera's scene and the pixels that differ from it: everything of the motion detector that
/// works pixel by pixel. Its memory is allocated with it, once per picture size.
///
/// The model is ViBe's, 16 samples a pixel with half-resolution chroma, gathered over the first pictures, with a blink
/// map, a global gain and absorption of what stands still.
struct BackgroundModel: ~Copyable {
    /// The sample counts, rises and rates below were found at this rate and are scaled from it.
    private static let referenceRate = 25.0
    /// In full-range values; limited range squeezes them to 219/255.
    private static let blinkRadius = 30.0
    private static let updateRate = 16.0
    private static let fastestUpdate = 128.0
    /// As many of a block's pixels as take part in one of its turns at most, in 256ths. Fewer turns would write less
    /// memory, but what takes part together is of one moment: with 192, swaying trees were found more often.
    private static let fullestTurn = 96.0
    private static let leakRate = 64.0
    /// How far around objects a flip is no blinking: half of a 5 x 5 neighbourhood.
    private static let margin = 2

    /// One for all cameras, so that it takes memory, and place in the cache, once.
    private static let usualRandom = RandomTable(seed: MotionSettings.usualSeed)

    /// Room for so many is there from the start.
    private static let usualRegions = 8
    /// A region of fewer pixels is noise that has outlived the median.
    private static let fewestSmallPixels = 12

    let geometry: WorkingGeometry
    private(set) var foregroundFraction = 0.0
    /// In 256ths.
    private(set) var gain = BrightnessGain.unity
    private(set) var components: MaskComponents

    private let random: RandomTable
    private let seed: UInt64
    private var brightness: BrightnessGain
    private var pictures: UInt64 = 0
    private var samplesTaken = 0
    private var range = SampleRange.full

    var picture: PixelBuffer
    var model: PixelBuffer
    private var foreground: PixelBuffer
    private var previous: PixelBuffer
    private var blink: PixelBuffer
    private var slowLuma: PixelBuffer
    private var stillAge: PixelBuffer
    /// Which blocks hold foreground, and which have anything in their maps: see `PixelBlock`.
    private var marked: PixelBuffer
    private var awake: PixelBuffer
    var finalMask: PixelBuffer
    private var scratch: RowScratch
    /// Rows of the final mask in which anything may be set.
    private var occupied: [Bool]
    private var isDisplaced: [Bool] = []
    /// Regions of the picture compared last that were background from a few pixels further on.
    private(set) var displaced: [MaskComponent] = []

    init(geometry: WorkingGeometry, settings: MotionSettings) {
        self.geometry = geometry
        seed = settings.seed
        random = seed == MotionSettings.usualSeed ? Self.usualRandom : RandomTable(seed: seed)
        brightness = BrightnessGain(geometry: geometry)
        let blocks = geometry.grid.count
        picture = PixelBuffer(count: blocks * PixelBlock.bytes)
        model = PixelBuffer(count: blocks * PixelBlock.modelBytes)
        // One more block of zeros, for `updateSamples`.
        foreground = PixelBuffer(count: (blocks + 1) * PixelBlock.pixels)
        previous = PixelBuffer(count: blocks * PixelBlock.pixels)
        blink = PixelBuffer(count: (blocks + 1) * PixelBlock.pixels)
        slowLuma = PixelBuffer(count: blocks * PixelBlock.pixels)
        stillAge = PixelBuffer(count: (blocks + 1) * PixelBlock.pixels)
        marked = PixelBuffer(count: blocks)
        awake = PixelBuffer(count: blocks)
        finalMask = PixelBuffer(count: geometry.paddedWidth * geometry.height)
        scratch = RowScratch(geometry: geometry)
        occupied = [Bool](repeating: false, count: geometry.height)
        isDisplaced.reserveCapacity(Self.usualRegions)
        displaced.reserveCapacity(Self.usualRegions)
        let pixels = Double(geometry.width * geometry.height)
        components = MaskComponents(
            width: geometry.width, height: geometry.height, stride: geometry.paddedWidth,
            minimumArea: max(1, Int((pixels * settings.minimumAreaFraction).rounded())),
            smallArea: max(Self.fewestSmallPixels, Int((pixels * settings.distantAreaFraction).rounded())))
    }

    /// Samples that the background has by now, 0 to 16; with 16 it is known.
    var sampleCount: Int { samplesTaken }
    var isKnown: Bool { samplesTaken == PixelBlock.samples }

    /// Forgets the scene; the next pictures given to `learn` are its background.
    mutating func restart() {
        samplesTaken = 0
        gain = BrightnessGain.unity
        foregroundFraction = 0
        blink.fill(with: 0)
        stillAge.fill(with: 0)
        previous.fill(with: 0)
        foreground.fill(with: 0)
        marked.fill(with: 0)
        awake.fill(with: 0)
        finalMask.fill(with: 0)
    }

    /// Takes a picture in at working size and undoes a change of the light against the background.
    mutating func load(_ source: borrowing PictureView) {
        range = source.range
        scratch.load(source, geometry: geometry, into: &picture)
        guard samplesTaken > 0 else {
            brightness.restart(from: picture)
            return
        }
        gain = brightness.measure(picture)
        if gain != BrightnessGain.unity {
            Self.scale(&picture, gain: gain, blocks: geometry.grid.count)
        }
    }

    /// Keeps the loaded picture as one more of the 16 samples.
    mutating func learn() {
        guard !isKnown else { return }
        Self.store(picture, sample: samplesTaken, blocks: geometry.grid.count, in: &model)
        samplesTaken += 1
        brightness.follow(picture, objects: finalMask, stride: geometry.paddedWidth)
    }

    /// Luma of black.
    var black: Int { range == .full ? 0 : 16 }
    private var rangeScale: Double { range == .full ? 1 : 219.0 / 255 }
    /// The distance up to which a sample explains a pixel that does not blink.
    var sampleRadius: UInt8 { brightness.contrast.radius(rangeScale: rangeScale) }

    /// Grey levels between light and dark of the scene.
    var spread: Int { brightness.contrast.spread }

    /// Compares the loaded picture with the background: sets `foregroundFraction` and the median of the raw mask.
    mutating func compare() {
        Self.match(
            picture, model: model, blink: blink, awake: awake, radius: sampleRadius,
            blinkRadius: UInt8(Self.blinkRadius * rangeScale), blocks: geometry.grid.count, marked: &marked,
            into: &foreground)
        let set = scratch.median(
            of: foreground, marked: marked, geometry: geometry, into: &finalMask, occupied: &occupied)
        foregroundFraction = Double(set) / Double(geometry.width * geometry.height)
    }

    /// Turns the median into regions: holes filled, small ones and displaced background gone. `components` then says
    /// what is in the mask, whose pixels hold their region's mark.
    mutating func clean() {
        components.label(&finalMask, occupied: occupied)
        // Gaps between the rows of a region are filled, too.
        for region in components.kept {
            for y in region.minY..<region.maxY { occupied[y] = true }
        }
        // Taken out meanwhile, since finding reads the whole of the model.
        var found: [Bool] = []
        swap(&found, &isDisplaced)
        findDisplaced(into: &found)
        displaced.removeAll(keepingCapacity: true)
        for (index, region) in components.kept.enumerated() where found[index] { displaced.append(region) }
        components.drop(found, from: &finalMask)
        swap(&found, &isDisplaced)
    }

    /// Turns the regions into the final mask of 0 and 255, once nothing more is asked about them.
    mutating func finishMask() { components.finish(&finalMask) }

    /// Lets the background follow the picture that was compared and cleaned.
    ///
    /// - Parameter secondsPerPicture: the time between analysed pictures, smoothed.
    mutating func update(secondsPerPicture: Double, stillSeconds: Double) {
        pictures &+= 1
        let ratio = secondsPerPicture * Self.referenceRate
        let stillRise = max(1, ratio.rounded()).bounded(1, 200)
        let aging = AgingStep(blinkRise: 16, stillRise: UInt8(stillRise), stillTolerance: 10)
        let rate = (Self.updateRate * ratio).bounded(8, Self.fastestUpdate)
        let period = 4 * rate <= Self.fullestTurn ? 4 : 2 * rate <= Self.fullestTurn ? 2 : 1
        let update = SampleUpdate(
            rate: UInt8(rate * Double(period)),
            leak: UInt8((Self.leakRate * ratio * Double(period)).bounded(16, 255)),
            stillLimit: UInt8((stillSeconds / secondsPerPicture * stillRise).bounded(1, 254)),
            key: seed &+ pictures &* 0x9E37_79B9_7F4A_7C15, period: period, turn: Int(pictures & 3))
        let grid = geometry.grid
        for row in 0..<grid.down {
            scratch.spread(components, row: row, margin: Self.margin, geometry: geometry)
            Self.age(
                picture, foreground: foreground, marked: marked, objects: scratch.objects, background: model,
                step: aging, row: row, grid: grid, previous: &previous, blink: &blink, slowLuma: &slowLuma,
                stillAge: &stillAge, awake: &awake)
            Self.renew(
                &model, from: picture, foreground: foreground, blink: blink, stillAge: stillAge, marked: marked,
                awake: awake, random: random, update: update, grid: grid, row: row)
        }
        brightness.follow(picture, objects: finalMask, stride: geometry.paddedWidth)
    }

    func withMask<R>(_ body: (PlaneView) -> R) -> R {
        body(
            PlaneView(
                pixels: finalMask.span, width: geometry.width, height: geometry.height, stride: geometry.paddedWidth))
    }
}

// The kernels on whole buffers. A span keeps the whole of `self` borrowed, so each buffer comes as its own argument.
extension BackgroundModel {
    private static func scale(_ picture: inout PixelBuffer, gain: Int, blocks: Int) {
        var bytes = picture.mutableSpan
        scaleLuma(&bytes, gain: gain, first: 0, count: blocks)
    }

    private static func store(
        _ picture: borrowing PixelBuffer, sample: Int, blocks: Int, in model: inout PixelBuffer
    ) {
        var samples = model.mutableSpan
        storeSample(sample, of: picture.span, blocks: blocks, model: &samples)
    }

    private static func match(
        _ picture: borrowing PixelBuffer, model: borrowing PixelBuffer, blink: borrowing PixelBuffer,
        awake: borrowing PixelBuffer, radius: UInt8, blinkRadius: UInt8, blocks: Int, marked: inout PixelBuffer,
        into foreground: inout PixelBuffer
    ) {
        var flags = marked.mutableSpan
        var raw = foreground.mutableSpan
        matchSamples(
            picture: picture.span, model: model.span, blink: blink.span, awake: awake.span, radius: radius,
            blinkRadius: blinkRadius, blocks: blocks, marked: &flags, into: &raw)
    }

    private static func age(
        _ picture: borrowing PixelBuffer, foreground: borrowing PixelBuffer, marked: borrowing PixelBuffer,
        objects: borrowing PixelBuffer, background: borrowing PixelBuffer, step: AgingStep, row: Int, grid: BlockGrid,
        previous: inout PixelBuffer, blink: inout PixelBuffer, slowLuma: inout PixelBuffer,
        stillAge: inout PixelBuffer, awake: inout PixelBuffer
    ) {
        var before = previous.mutableSpan
        var blinking = blink.mutableSpan
        var slow = slowLuma.mutableSpan
        var still = stillAge.mutableSpan
        var flags = awake.mutableSpan
        ageBlocks(
            picture: picture.span, foreground: foreground.span, marked: marked.span, objects: objects.span,
            background: background.span, step: step, first: row * grid.across, count: grid.across, previous: &before,
            blink: &blinking, slowLuma: &slow, stillAge: &still, awake: &flags)
    }

    private static func renew(
        _ model: inout PixelBuffer, from picture: borrowing PixelBuffer, foreground: borrowing PixelBuffer,
        blink: borrowing PixelBuffer, stillAge: borrowing PixelBuffer, marked: borrowing PixelBuffer,
        awake: borrowing PixelBuffer, random: RandomTable, update: SampleUpdate, grid: BlockGrid, row: Int
    ) {
        var samples = model.mutableSpan
        updateSamples(
            picture: picture.span, foreground: foreground.span, blink: blink.span, stillAge: stillAge.span,
            marked: marked.span, awake: awake.span, random: random, update: update, grid: grid, row: row,
            model: &samples)
    }
}
