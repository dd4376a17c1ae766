import Benchmark
import Glibc
import PixelKernels
import SyntheticScenes

let benchmarks: @Sendable () -> Void = {
    let buffers = KernelBuffers()
    let blocks = buffers.grid.count
    let pixels = blocks * PixelBlock.pixels
    let picture = blocks * PixelBlock.bytes
    let group = blocks * PixelBlock.groupBytes
    let sample = blocks * PixelBlock.bytes

    // Each kernel over one picture of 640 x 360 pixels, with the bytes that it reads and writes there.
    kernel("subsample 640x360 by 1", bytes: 2 * 230_400) { buffers.subsample(by: 1) }
    kernel("subsample 1280x720 by 2", bytes: 921_600 + 230_400) { buffers.subsample(by: 2) }
    kernel("subsample 1920x1080 by 3", bytes: 2_073_600 + 230_400) { buffers.subsample(by: 3) }
    kernel("subsample 2560x1440 by 4", bytes: 3_686_400 + 230_400) { buffers.subsample(by: 4) }
    kernel("packBlocks", bytes: 2 * picture) { buffers.pack() }
    kernel("scaleLuma", bytes: 2 * pixels) { buffers.scale() }
    kernel("matchSamples, 2 samples are enough", bytes: picture + group) { buffers.match(quiet: true) }
    kernel("matchSamples, all 16 are read", bytes: picture + 8 * group + 2 * pixels) { buffers.match(quiet: false) }
    kernel("joinMaskRow and countSet", bytes: 3 * pixels) { buffers.join() }
    kernel("medianRow", bytes: 6 * pixels) { buffers.median() }
    kernel("unionRow and splitMask", bytes: 8 * pixels) { buffers.unite() }
    kernel("ageBlocks, all awake", bytes: pixels * 11) { buffers.age() }
    kernel("updateSamples, every block", bytes: 2 * picture + 5 * pixels + 4 * sample) { buffers.update() }
    kernel("storeSample", bytes: 2 * sample) { buffers.store() }

    smokeKernels()

    for (width, height) in [(320, 180), (640, 360), (1280, 720), (1920, 1080)] {
        detector(width: width, height: height)
    }
}

/// The smoke detector's kernels, and those for small pictures and masks on disk.
private func smokeKernels() {
    guard let buffers = SmokeKernelBuffers() else { return }
    let pixels = SmokeKernelBuffers.pixels
    let sums = SmokeKernelBuffers.cellCount * 4
    kernel("CellSums.values", bytes: pixels + sums) { buffers.sumCells() }
    kernel("CellSums.products", bytes: 2 * pixels + sums) { buffers.sumProducts() }
    kernel("CellSums.differences", bytes: 2 * pixels + sums) { buffers.sumDifferences() }
    kernel("CellSums.edges", bytes: pixels + sums) { buffers.sumEdges() }
    kernel("medianOfPictures, 7", bytes: 8 * pixels) { buffers.median(of: 7) }
    kernel("medianOfPictures, 5", bytes: 6 * pixels) { buffers.median(of: 5) }
    kernel("applyGain", bytes: 6 * pixels) { buffers.gain() }
    kernel("stretchCells", bytes: 4 * pixels) { buffers.stretch() }
    kernel("NetworkInput", bytes: 34 * pixels) { buffers.seen() }
    // Every other row of both pictures.
    kernel("BlockMatch", bytes: 2 * pixels) { buffers.match() }
    kernel("movePlane", bytes: 2 * pixels) { buffers.move() }
    kernel("doublePlane", bytes: 5 * pixels) { buffers.double() }
    kernel("enlargeMask by 2", bytes: 5 * pixels) { buffers.enlarge() }
    // Here arithmetic decides, not memory: 41 million multiplications for 2 MB.
    let layerBytes = 4 * (pixels / 16 * SmokeKernelBuffers.layerInputs + pixels / 64 * SmokeKernelBuffers.layerOutputs)
    kernel("Convolution, 32 to 40 channels", bytes: layerBytes) { buffers.convolve() }
}

private let microseconds = BenchmarkMetric.custom("Microseconds a picture", useScalingFactor: false)
private let share = BenchmarkMetric.custom("Percent of memcpy", polarity: .prefersLarger, useScalingFactor: false)

/// Measures a kernel in turn with a `memcpy` that touches as many bytes: half of them read, half written.
private func kernel(_ name: String, bytes: Int, body: @escaping @Sendable () -> Void) {
    let copy = CopyBuffers(count: bytes / 2)
    Benchmark(
        name, configuration: .init(metrics: [microseconds, share], warmupIterations: 10, maxDuration: .seconds(1))
    ) { benchmark in
        let start = processorNanoseconds()
        copy.run()
        let middle = processorNanoseconds()
        body()
        let end = processorNanoseconds()
        benchmark.measurement(microseconds, (end - middle) / 1000)
        benchmark.measurement(share, 100 * (middle - start) / max(end - middle, 1))
    }
}

/// Measures the whole motion detector on pictures of the rendered gate.
private func detector(width: Int, height: Int) {
    guard let scene = DetectorBuffers(width: width, height: height) else { return }
    Benchmark(
        "motion detector at \(width)x\(height)",
        configuration: .init(metrics: [microseconds], warmupIterations: 40, maxDuration: .seconds(2))
    ) { benchmark in
        let start = processorNanoseconds()
        scene.analyseNext()
        benchmark.measurement(microseconds, (processorNanoseconds() - start) / 1000)
    }
}

private func processorNanoseconds() -> Int {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return time.tv_sec * 1_000_000_000 + time.tv_nsec
}
