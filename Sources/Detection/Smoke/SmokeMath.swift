extension [Float] {
    /// The value that would stand at `place` if all were in order. Changes their order: Hoare, "Algorithm 65: find" (1961).
    mutating func smallest(_ place: Int) -> Float {
        var low = 0
        var high = count - 1
        while low < high {
            let pivot = self[(low + high) / 2]
            var left = low
            var right = high
            while left <= right {
                while self[left] < pivot { left += 1 }
                while pivot < self[right] { right -= 1 }
                if left <= right {
                    swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if place <= right { high = right } else if place >= left { low = left } else { break }
        }
        return self[place]
    }
}

/// Functions that pure Swift lacks, to the accuracy that a measurement needs, with the same bits on every machine.
enum SmokeMath {
    /// Natural logarithm of a positive number, to about 1e-7.
    static func log(_ value: Float) -> Float {
        guard value > 0, value.isFinite else { return value > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude }
        // value = m * 2^e with m from sqrt(1/2) to sqrt(2); ln m = 2 artanh((m-1)/(m+1)).
        var exponent = Double(value.exponent)
        var mantissa = Double(value.significand)
        if mantissa > 1.414_213_562_373_095_1 {
            mantissa /= 2
            exponent += 1
        }
        let ratio = (mantissa - 1) / (mantissa + 1)
        let square = ratio * ratio
        let series = 1 + square * (1 / 3.0 + square * (1 / 5.0 + square * (1 / 7.0 + square * (1 / 9.0 + square / 11))))
        return Float(2 * ratio * series + exponent * 0.693_147_180_559_945_3)
    }

    /// Natural logarithms of positive finite numbers, to about 3e-7 or, where they are large, of themselves: in vectors.
    static func logarithms(of values: Span<Float>, into logarithms: inout MutableSpan<Float>) {
        let count = values.count
        precondition(logarithms.count == count)
        for index in 0..<count {
            let bits = Int32(bitPattern: values[index].bitPattern)
            // As `log` does it; what is subtracted are the bits of the root of 1/2.
            let exponent = (bits &- 0x3F35_04F3) &>> 23
            let mantissa = Float(bitPattern: UInt32(bitPattern: bits &- (exponent &<< 23)))
            let ratio = (mantissa - 1) / (mantissa + 1)
            let square = ratio * ratio
            let series = 1 + square * (1 / 3.0 + square * (1 / 5.0 + square * (1 / 7.0 + square / 9)))
            logarithms[index] = 2 * ratio * series + Float(exponent) * 0.693_147_2
        }
    }

    /// Natural exponential function, to about 1e-9; 0 or infinite where Double is.
    static func exp(_ value: Double) -> Double {
        guard value > -700 else { return 0 }
        guard value < 700 else { return .infinity }
        let whole = (value / 0.693_147_180_559_945_3).rounded()
        let rest = value - whole * 0.693_147_180_559_945_3
        var term = 1.0
        var sum = 1.0
        for n in 1...12 {
            term *= rest / Double(n)
            sum += term
        }
        return sum * Double(sign: .plus, exponent: Int(whole), significand: 1)
    }

    /// 0 to 1 from log-odds.
    static func probability(logit: Double) -> Double { 1 / (1 + exp(-logit)) }

    /// Log-odds of a probability, which is cut to 0.002 to 0.998.
    static func logit(_ probability: Double) -> Double {
        let p = min(max(probability, 0.002), 0.998)
        return Double(log(Float(p / (1 - p))))
    }
}
