import Domain

/// Makes a schedule of the windows that stand in a section.
struct ScheduleReader {
    /// Whether it is known where the site is, so that windows may follow the sun.
    let hasPlace: Bool

    /// - Returns: always where the key is left out; `nil` where it is faulty.
    func schedule(_ section: SectionSettings, _ key: Key<[String]>, faults: inout FaultList) -> WeeklySchedule? {
        guard !section.isFaulty(key) else { return nil }
        var windows: [WeeklySchedule.Window] = []
        for text in section[key] ?? [] {
            guard let window = ScheduleText.window(text) else {
                faults.add(
                    section.position(of: key), value: text, "the window '\(text)' begins when it ends",
                    remedy: "Write \"00:00-24:00\" for a whole day, or leave '\(key.name)' out for always")
                return nil
            }
            if window.followsSun, !hasPlace {
                faults.add(
                    section.position(of: key), value: text,
                    "'\(text)' follows the sun, and where the site is stands nowhere",
                    remedy: "Add 'latitude' and 'longitude' to 'site'")
                return nil
            }
            windows.append(window)
        }
        return WeeklySchedule(windows: windows)
    }
}
