import Testing

@testable import SiteConfiguration

/// Numbers and names as faults and published files write them.
struct WordingTests {
    @Test(arguments: [
        (0.00001, "0.00001"), (0.001, "0.001"), (0.000012, "0.000012"), (1.5, "1.5"), (200, "200"),
        (-0.00005, "-0.00005"),
        (1e300, "1e+300"), (0, "0"), (0.1, "0.1"), (0.0000105, "0.0000105"), (0.00002, "0.00002"), (1e6, "1000000"),
    ])
    func numbersAreWrittenAsPeopleDo(value: Double, text: String) {
        #expect(JSONValue.number(value).description == text)
        #expect(PlainScalar.number(text) == value)
    }

    @Test(arguments: [
        ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("ab", "ba", 1), ("zones", "zoness", 1),
        ("a", "a", 0),
        ("abcdef", "abdcef", 1), ("ca", "abc", 3),
    ])
    func editDistanceCountsSlipsOfThePen(a: String, b: String, distance: Int) {
        #expect(Wording.editDistance(Array(a), Array(b)) == distance)
        #expect(Wording.editDistance(Array(b), Array(a)) == distance)
    }

    @Test func theNearestNameIsFoundOrNone() {
        let names = ["zones", "rules", "detect", "detectSource"]
        #expect(Wording.nearest(to: "zone", of: names) == "zones")
        #expect(Wording.nearest(to: "DETECTSOURCE", of: names) == "detectSource")
        #expect(Wording.nearest(to: "xyzzy", of: names) == nil)
        #expect(Wording.nearest(to: String(repeating: "z", count: 100_000), of: names) == nil)
        #expect(Wording.nearest(to: "a", of: []) == nil)
    }

    @Test func whatFaultsQuoteIsShortAndHasNoControlCharacters() {
        #expect(Wording.quoted("a\u{1B}[31m\u{202E}b") == "'a\\u{1b}[31m\\u{202e}b'")
        #expect(Wording.shown(String(repeating: "x", count: 500)).count == 81)
        #expect(Wording.choices(["a", "b", "c"]) == "a, b or c" && Wording.choices(["a"]) == "a")
        #expect(JSONValue.string("a\"\\\n\u{1}").description == "\"a\\\"\\\\\\n\\u0001\"")
    }

    @Test(arguments: [
        ("12", PlainScalar.number), ("-1.5e3", .number), (".5", .number), ("5.", .number), ("0x1F", .number),
        ("0o17", .number),
        (".inf", .number), ("-.INF", .number), (".nan", .number), ("1_000", .text), ("22:30", .text), ("1.2.3", .text),
        ("e5", .text), ("+", .text), (".", .text), ("0x", .text), ("true", .boolean), ("True", .boolean),
        ("yes", .text),
        ("no", .text), ("null", .null), ("~", .null), ("", .null), ("Null", .null), ("nUll", .text), ("--1", .text),
        ("1e", .text), ("٣", .text),
    ])
    func wordsWithoutQuotesAreWhatTheCoreSchemaSays(text: String, kind: PlainScalar) {
        #expect(PlainScalar(text) == kind)
    }
}
