extension [Float] {
    /// The value that would stand at this place if the values were in order, without putting them all in order (C. A. R.
    /// Hoare, "Algorithm 65: Find", 1961): on average in linear time.
    ///
    /// - Parameter rank: 0 to `count` - 1. No value may be NaN.
    func value(ranked rank: Int) -> Float {
        var values = self
        var (low, high) = (0, count - 1)
        while low < high {
            let pivot = values[(low + high) / 2]
            var (left, right) = (low, high)
            while left <= right {
                while values[left] < pivot { left += 1 }
                while pivot < values[right] { right -= 1 }
                if left <= right {
                    values.swapAt(left, right)
                    left += 1
                    right -= 1
                }
            }
            if rank <= right {
                high = right
            } else if rank >= left {
                low = left
            } else {
                break
            }
        }
        return values[rank]
    }
}
