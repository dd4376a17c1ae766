import Domain
import Foundation
import Journal
import Testing

@testable import Alerting

/// What is said to the next contact when nobody acknowledges.
struct ReminderTests {
    @Test func aReminderHoldsAllThatTheAlertHeld() throws {
        var desk = try TowerSite.desk()
        let revision = TowerSite.opening(TowerSite.incident("west"))
        let stored = StoredRevision(sequence: 1, number: 1, revision: revision, hash: "", previousHash: "")
        let writer = AlertWriter(siteName: "Phú Quốc", isExercise: false, webAddress: nil, timeZone: .gmt)
        let alert = writer.notice(
            stored, cameraName: "Tháp Tây", dangerLevel: 5, bulletin: desk.consider(revision).first)
        let reminder = writer.reminder(of: alert, step: 1, after: .seconds(180))
        #expect(reminder.vi.headline == "[CHƯA AI TIẾP NHẬN, 3 phút] Khói · Tháp Tây: có thể có, do camera phát hiện")
        #expect(reminder.event == "\(alert.event).escalation-1" && reminder.escalation == 1)
        // Whoever is told first by a reminder reads CAP, too.
        #expect(reminder.cap != nil && reminder.cap == alert.cap)
        #expect(reminder.vi.description.contains("Dự báo cháy rừng: cấp V, cực kỳ nguy hiểm"))
    }
}
