import Domain

// Objects that stand still, and go on.
extension MotionTracker {
    /// For so long it is known that something set off from a place.
    private static let departureSeconds = 15.0

    /// An object was confirmed: whoever stood where it was first seen may be the one that goes on, under the number it had.
    mutating func noteDeparture(of index: Int, at now: Double) {
        departures.removeAll { now - $0.time > Self.departureSeconds }
        departures.append((tracks[index].birth, now))
        guard let number = standstills.track(goingOnFrom: tracks[index].birth, at: now) else { return }
        if let known = tracks.firstIndex(where: { $0.id == number }) {
            guard tracks[known].state == .lost else { return }
            tracks[known].isSuperseded = true
        }
        tracks[index].id = number
        isRenumbered = true
    }

    /// Brings tracks back into the order of their numbers, each of them once.
    mutating func settleNumbers() {
        guard isRenumbered else { return }
        isRenumbered = false
        tracks.removeAll(where: \.isSuperseded)
        tracks.sort { $0.id < $1.id }
    }

    /// Remembers the places of those that come to stand, and tells of those of whom nothing else is seen.
    mutating func followStanding(
        in model: borrowing BackgroundModel, at time: MediaTime, into resting: inout [Observation]
    ) {
        let now = time.seconds
        standstills.review(tracks, in: model, at: now)
        for index in tracks.indices where tracks[index].isConfirmed && tracks[index].isShown {
            tracks[index].noteStanding(at: now)
            let track = tracks[index]
            guard now - track.standingSince >= Standstills.standingShare * settings.stillSeconds,
                !standstills.isStanding(track.id), let box = shownBox(track)
            else { continue }
            standstills.add(
                track.region(width: Int(width), height: Int(height)), of: track.id,
                as: observation(of: track, box, time, now, neededTravel(track)), since: track.standingSince, in: model,
                at: now)
        }
        standstills.tell(tracks, at: time, into: &resting)
    }

    /// Whether an object set off from a region lately: by itself, since it was first seen there.
    func hasSetOff(from region: MaskComponent, at now: Double) -> Bool {
        let (across, down) = ((region.maxX - region.minX) / 2, (region.maxY - region.minY) / 4)
        var area = region
        area.minX -= across
        area.maxX += across
        area.minY -= down
        area.maxY += down
        return departures.contains { now - $0.time <= Self.departureSeconds && area.holdsMost(of: $0.birth) }
    }
}
