public import Domain

extension IncidentJournal {
    /// Stores what the cameras given are doing now, over what was stored for them before.
    public func record(statuses: [CameraStatus]) async throws(JournalError) {
        try await writableStatusFile().record(statuses)
    }

    /// Forgets the status of every other camera: those that were taken out of the configuration.
    public func forgetStatuses(except cameras: Set<CameraID>) async throws(JournalError) {
        try await writableStatusFile().keepOnly(cameras)
    }

    /// The last stored status of every camera, by camera. `updated` tells how old each is.
    public func statuses() async throws(JournalError) -> [CameraStatus] {
        try await statusFile?.all() ?? []
    }

    private func writableStatusFile() throws(JournalError) -> StatusFile {
        guard let statusFile, !readOnly else { throw openedForReading }
        return statusFile
    }
}
