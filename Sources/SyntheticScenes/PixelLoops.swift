// The loops that touch every pixel of every frame. Plain loops over spans, which the compiler vectorises.

/// `out = ambient + sun * light`.
func illuminate(
    _ ambient: Span<Float>, _ sun: Span<Float>, by light: Span<Float>, into out: inout MutableSpan<Float>
) {
    let n = out.count
    precondition(ambient.count == n && sun.count == n && light.count == n)
    for i in 0..<n { out[i] = ambient[i] + sun[i] * light[i] }
}

/// `out += layer * strength`.
func addScaled(_ layer: Span<Float>, times strength: Float, to out: inout MutableSpan<Float>) {
    let n = out.count
    precondition(layer.count == n)
    for i in 0..<n { out[i] += layer[i] * strength }
}

/// One row, shifted by a fraction of a pixel: `out[x]` is what lies at `x + dx` between the rows `upper` and `lower`,
/// which hold one pixel more.
func shiftRow(
    _ upper: Span<Float>, _ lower: Span<Float>, dx: Float, dy: Float, into out: inout MutableSpan<Float>
) {
    let n = upper.count - 1
    precondition(n >= 0 && lower.count == n + 1 && out.count >= n)
    let a = (1 - dx) * (1 - dy)
    let b = dx * (1 - dy)
    let c = (1 - dx) * dy
    let d = dx * dy
    for x in 0..<n { out[x] = a * upper[x] + b * upper[x &+ 1] + c * lower[x] + d * lower[x &+ 1] }
}

/// What the sensor makes of a row of light: scale, noise that grows with the light, eight bits.
///
/// The noise is the sum of the four bytes of a hash of the pixel's number, which is close to a Gaussian. Adding 2^23
/// leaves the rounded number in the lowest bits of the float; unlike a conversion, that vectorises.
///
/// - Parameters:
///   - noiseGrowth: by what part the noise is stronger at full light than at half.
///   - start: where the row begins in `out`.
func digitise(
    _ row: Span<Float>, scale: Float, offset: Float, noiseSigma: Float, noiseGrowth: Float, key: UInt32,
    into out: inout MutableSpan<UInt8>, at start: Int
) {
    let n = row.count
    precondition(start >= 0 && start <= out.count - n)
    let unit = noiseSigma / 147.8
    for i in 0..<n {
        let h = hash32(key &+ UInt32(truncatingIfNeeded: i))
        let sum = (h & 0xff) &+ (h >> 8 & 0xff) &+ (h >> 16 & 0xff) &+ (h >> 24)
        let noise = Float(Int32(truncatingIfNeeded: sum) &- 510) * unit
        let light = row[i]
        let value = offset + light * scale + noise * (1 + noiseGrowth * (light - 0.5))
        let clamped = max(1, min(254, value))
        out[start &+ i] = UInt8(truncatingIfNeeded: (clamped + 8_388_608).bitPattern)
    }
}

/// The mean of each two by two pixels. `width` and `height` are those of the source, both even.
func halve(_ source: Span<Float>, width: Int, height: Int, into out: inout MutableSpan<Float>) {
    let half = width / 2
    precondition(source.count == width * height && out.count == half * (height / 2))
    for y in 0..<height / 2 {
        let top = 2 * y * width
        for x in 0..<half {
            let i = top + 2 * x
            out[y * half + x] = 0.25 * (source[i] + source[i + 1] + source[i + width] + source[i + width + 1])
        }
    }
}
