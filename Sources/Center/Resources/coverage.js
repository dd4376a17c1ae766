// The last 24 hours of each camera as a strip: when it was watched, and when and why it was not.
import { make, page, read, siteMoment, text, word } from './page.js';

const HOURS = 24;
const INTERVAL = 60000;
const MINUTE = 60000;
/** The minute of the very first start counts as not watched: a share of a few minutes would say little but that. */
const FEWEST = 5 * MINUTE;

/** By camera id, as /api/coverage answers. */
const reports = new Map();

/** `changed` is called when there is something new to show. */
export function startCoverage(changed) {
  const refresh = async () => {
    if (document.visibilityState === 'visible') await load(changed).catch(() => {});
    setTimeout(refresh, INTERVAL);
  };
  refresh();
}

async function load(changed) {
  const { cameras } = await read('/api/coverage');
  reports.clear();
  for (const report of cameras) reports.set(report.camera, report);
  changed();
}

export function makeStrip() {
  return make('div', { className: 'coverage', hidden: true });
}

/** Rebuilt only when something changed. */
export function showStrip(element, camera, isOff) {
  const report = reports.get(camera);
  element.hidden = !report?.percent || isOff || Date.parse(report.until) - Date.parse(report.since) < FEWEST;
  if (element.hidden) return;
  const unrecorded = report.unrecorded?.spans ?? [];
  const key = JSON.stringify([report.until, report.spans.length, unrecorded.length, page.language]);
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  const until = Date.parse(report.until);
  const from = until - HOURS * 60 * MINUTE;
  const bar = make('div', { className: 'coverage-bar', 'aria-hidden': 'true' });
  for (const span of report.spans) {
    const start = Math.max(Date.parse(span.start), from);
    const end = Date.parse(span.start) + span.minutes * MINUTE;
    if (end <= from) continue;
    const part = make('span', { dataset: { state: span.state }, title: describe(span) });
    part.style.left = `${((start - from) / (until - from)) * 100}%`;
    part.style.width = `${((end - start) / (until - from)) * 100}%`;
    bar.append(part);
  }
  const gaps = [...report.spans.filter((span) => span.state === 'blind' || span.state === 'degraded'), ...unrecorded]
    .sort((one, other) => Date.parse(one.start) - Date.parse(other.start));
  const watched = Math.floor((report.percent.watched + report.percent.learning) * 10) / 10;
  // A camera that is known for an hour says nothing about a day.
  const isWhole = Date.parse(report.since) - from < 2 * MINUTE;
  const summary = make('summary', {}, isWhole
    ? text().coverage(watched, HOURS) : text().coverageSince(watched, siteMoment(report.since)));
  const list = gaps.length
    ? make('ul', {}, ...gaps.slice(-20).reverse().map((gap) => make('li', {}, describe(gap))))
    : make('p', {}, text().noGaps);
  const wasOpen = element.querySelector('details')?.open ?? false;
  element.replaceChildren(bar, make('details', { open: wasOpen }, summary, list));
}

function describe(span) {
  const state = span.state ? word('coverageStates', span.state) : text().notRecorded;
  const words = [`${siteMoment(span.start)}, ${text().minutes(span.minutes)}: ${state}`];
  if (span.fault) words.push(word(span.state ? 'cameraFaults' : 'recordingFaults', span.fault));
  return words.join('. ');
}
