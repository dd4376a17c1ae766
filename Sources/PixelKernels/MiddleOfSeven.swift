/// The middle one of seven values, by thirteen exchanges: Devillard, "Fast median search: an ANSI C implementation" (1998).
///
/// No branch depends on the values, so that a loop over it vectorises.
@inlinable @inline(__always)
public func middleOfSeven<Value: Comparable>(
    _ a: Value, _ b: Value, _ c: Value, _ d: Value, _ e: Value, _ f: Value, _ g: Value
) -> Value {
    middleOfSeven(a, b, c, d, e, f, g) { ($0, $1) = (min($0, $1), max($0, $1)) }
}

/// - Parameter order: puts the smaller of two first.
@inlinable @inline(__always)
public func middleOfSeven<Value>(
    _ a: Value, _ b: Value, _ c: Value, _ d: Value, _ e: Value, _ f: Value, _ g: Value,
    order: (inout Value, inout Value) -> Void
) -> Value {
    var (a, b, c, d, e, f, g) = (a, b, c, d, e, f, g)
    order(&a, &f)
    order(&a, &d)
    order(&b, &g)
    order(&c, &e)
    order(&a, &b)
    order(&d, &f)
    order(&c, &g)
    order(&c, &d)
    order(&d, &g)
    order(&e, &f)
    order(&b, &e)
    order(&b, &d)
    order(&d, &e)
    return d
}
