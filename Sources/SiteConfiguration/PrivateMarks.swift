/// Two private-use characters that a text does not use, and what they stand for while the YAML library reads it.
struct PrivateMarks {
    /// Stands for `*`.
    private let alias: Unicode.Scalar
    /// Stands before the letters of a hidden key, which are moved up into the private-use plane.
    private let hidden: Int

    /// Code points per hidden repetition: one for each ASCII character.
    private static let ascii = 128
    private static let plane = 0xF0000

    /// `nil` where the text uses all of them.
    init?(unusedIn source: SourceText) {
        let used = Set(source.scalars.filter { (0xE000...0xF8FF).contains($0.value) })
        guard let free = (0xE000...0xF8FF).lazy.compactMap(Unicode.Scalar.init).first(where: { !used.contains($0) }),
            !source.scalars.contains(where: { $0.value >= UInt32(Self.plane) })
        else { return nil }
        alias = free
        hidden = Self.plane
    }

    func hidingAliases(in source: SourceText) -> SourceText {
        SourceText(scalars: source.scalars.map { $0 == "*" ? alias : $0 })
    }

    /// Moves the key that starts at `position` out of the way of its twin, or `nil` if that is no word in ASCII.
    func hidingKey(at position: Position, in source: SourceText) -> SourceText? {
        guard var index = source.index(of: position) else { return nil }
        var scalars = source.scalars
        if scalars[index] == "\"" || scalars[index] == "'" { index += 1 }
        // Each repetition has its own block of code points, so that a key may stand three times.
        let last = scalars.lazy.map(\.value).filter { $0 >= UInt32(hidden) }.max() ?? UInt32(hidden - 1)
        let block = hidden + (Int(last) - hidden + Self.ascii) / Self.ascii * Self.ascii
        let first = index
        while index < scalars.count, Self.isWord(scalars[index]),
            let moved = Unicode.Scalar(UInt32(block) + scalars[index].value)
        {
            scalars[index] = moved
            index += 1
        }
        return index > first ? SourceText(scalars: scalars) : nil
    }

    /// The name in a plain scalar that is nothing but an alias.
    func aliasName(_ text: String) -> String? {
        guard text.unicodeScalars.first == alias else { return nil }
        let name = text.unicodeScalars.dropFirst()
        return !name.isEmpty && name.allSatisfy(Self.isWord) ? String(name) : nil
    }

    func beginsWithAlias(_ text: String) -> Bool { text.unicodeScalars.first == alias }

    /// The text as it stands in the file.
    func restored(_ text: String) -> String {
        var view = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { view.append(original(scalar)) }
        return String(view)
    }

    private func original(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
        if scalar == alias { return "*" }
        guard scalar.value >= UInt32(hidden) else { return scalar }
        return Unicode.Scalar((scalar.value - UInt32(hidden)) % UInt32(Self.ascii)) ?? scalar
    }

    /// What YAML allows in the name of an anchor, and what the keys of a configuration are made of.
    private static func isWord(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: true
        default: false
        }
    }
}
