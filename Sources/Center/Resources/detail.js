// One incident in full: its picture with the place marked, why it fired, what became of it.
import { byId, make, read, siteMoment, text, word } from './page.js';
import { cameraName } from './cameras.js';
import { draftOf, handlingForm, handlingRows, restoreDraft } from './handling.js';

const dialog = byId('detail');
byId('detail-close').addEventListener('click', () => dialog.close());
dialog.addEventListener('click', (event) => {
  if (event.target === dialog) dialog.close();
});

/** `act` takes a step with the incident; `null` where nobody may. */
export async function showDetail(shown, act) {
  render({ incident: shown }, act);
  dialog.dataset.incident = shown.id;
  if (!dialog.open) dialog.showModal();
  try {
    const found = await read(`/api/incidents/${encodeURIComponent(shown.id)}`);
    if (dialog.open && dialog.dataset.incident === shown.id) render(found, act);
  } catch {
    // What is known already stays on the screen.
  }
}

function render({ incident, revisions, fire }, act) {
  const t = text();
  // What is being written while the rest is fetched stays.
  const isSame = dialog.open && dialog.dataset.incident === incident.id;
  const begun = isSame && byId('detail-body').querySelector('.take-form');
  const draft = begun && draftOf(begun);
  const form = act && handlingForm(incident, fire, taking(act));
  byId('detail-title').textContent = `${word('kinds', incident.kind)} · ${cameraName(incident.camera)}`;
  byId('detail-close').textContent = t.close;
  byId('detail-body').replaceChildren(...[
    ...pictures(incident), ...timelapses(incident), thenAndNow(incident), facts(incident, fire), form,
    measurements(incident),
    revisions && history(revisions),
  ].filter(Boolean));
  if (draft && form) restoreDraft(form, draft);
}

function pictures(incident) {
  const snapshots = incident.evidence.filter((item) => item.kind === 'snapshot');
  const clips = incident.evidence.filter((item) => item.kind === 'clip');
  const best = incident.evidence.findLast((item) => item.kind === 'bestMarked');
  return [
    best && bestFigure(best, incident),
    ...snapshots.slice(0, 3).map((item, index) => {
      const alt = text().snapshotOf(word('kinds', incident.kind), cameraName(incident.camera));
      const figure = make('div', { className: 'snapshot' }, make('img', { src: item.url, alt }));
      if (index === 0 && incident.box) figure.append(outline(incident.box, incident.severity));
      return figure;
    }),
    ...clips.map((item) => clipFigure(item)),
  ];
}

/// A later picture that shows it better than the first, which the alert carried.
function bestFigure(item, incident) {
  const alt = text().snapshotOf(word('kinds', incident.kind), cameraName(incident.camera));
  return make('figure', { className: 'best' }, make('img', { src: item.url, alt }),
    make('figcaption', {}, text().bestPicture(siteMoment(item.time))));
}

/// The place before it burnt and when it was told, side by side.
function thenAndNow(incident) {
  const t = text();
  const crops = ['cropThen', 'cropNow'].map((kind) => incident.evidence.find((item) => item.kind === kind));
  if (!crops.every(Boolean)) return null;
  return make('div', { className: 'then-and-now' }, ...crops.map((item) => {
    const name = t[item.kind](siteMoment(item.time));
    return make('figure', {}, make('img', { src: item.url, alt: name }), make('figcaption', {}, name));
  }));
}

/// Films of the pictures that were analysed: from before the alarm to its end, much faster than it happened.
function timelapses(incident) {
  const t = text();
  return incident.evidence.filter((item) => item.kind === 'timelapse').map((item) => {
    const film = item.clip?.timelapse;
    const facts = film
      ? t.timelapseOf(film.pictures, siteMoment(film.first), siteMoment(film.last)) : t.timelapse;
    return make('figure', { className: 'clip' },
      make('video', { src: item.url, controls: true, preload: 'metadata', 'aria-label': t.timelapse }),
      make('figcaption', {}, facts, ' · ', make('a', { href: item.url, download: '' }, t.downloadFilm)));
  });
}

/// A player, and what is to be known of what it shows: which part, how long, whether it is the evidence itself.
function clipFigure(item) {
  const t = text();
  const { clip } = item;
  const name = clip && clip.part > 1 ? `${t.clip} ${clip.part}` : t.clip;
  const facts = clip && [
    name, t.seconds(Math.round(clip.durationSeconds)), `${clip.codec} ${clip.width}×${clip.height}`,
    clip.truncation && word('clipTruncations', clip.truncation), !clip.isWebReady && t.derived,
  ].filter(Boolean).join(' · ');
  return make('figure', { className: 'clip' },
    make('video', { src: clip?.playUrl ?? item.url, controls: true, preload: clip?.part > 4 ? 'none' : 'metadata', 'aria-label': name }),
    make('figcaption', {}, facts ?? name, ' · ', make('a', { href: item.url, download: '' }, t.download)));
}

function outline([x, y, width, height], severity) {
  const mark = make('div', { className: 'outline', dataset: { severity } });
  const percent = (value) => `${Math.min(Math.max(value, 0), 1) * 100}%`;
  Object.assign(mark.style, { left: percent(x), top: percent(y), width: percent(width), height: percent(height) });
  return mark;
}

/// What the incident's object was taken for; the classifier's own word where the page has none.
function objectText(found) {
  if (!found) return '';
  const key = found.state === 'recognised' ? found.group : found.state;
  const share = found.confidence === undefined ? '' : ` (${Math.round(found.confidence * 100)} %)`;
  return (text().objects[key] ?? found.label) + share;
}

/** Where its object stood: as coordinates to read over the radio, else in metres of the camera's ground points. */
function groundText({ latitude, longitude, xMetres, yMetres }) {
  if (latitude !== undefined) return `${latitude.toFixed(5)}, ${longitude.toFixed(5)}`;
  return `x ${xMetres.toFixed(1)} m, y ${yMetres.toFixed(1)} m`;
}

function facts(incident, fire) {
  const t = text();
  const rows = [
    [t.state, `${word('incidentStates', incident.state)} · ${word('severities', incident.severity)}`],
    [t.began, siteMoment(incident.start)],
    [t.lastSeen, siteMoment(incident.lastSeen)],
    [t.zones, incident.zones.join(', ')],
    [t.confidence, `${Math.round(incident.confidence * 100)} %`],
    [t.object, objectText(incident.object)],
    incident.sceneChange && [t.sceneChange, word('sceneChanges', incident.sceneChange)],
    incident.ground && [t.place, groundText(incident.ground)],
    incident.ground?.kilometresPerHour && [t.topSpeed, `${Math.round(incident.ground.kilometresPerHour)} km/h`],
    [t.rule, incident.rule],
    incident.acknowledgement && [word('changes', 'acknowledged'),
      `${incident.acknowledgement.actor}, ${siteMoment(incident.acknowledgement.time)}`],
    incident.acknowledgement?.note && [t.note, incident.acknowledgement.note],
    ...handlingRows(incident, fire),
  ].filter((row) => row && row[1]);
  return make('dl', { className: 'facts-list' },
    ...rows.flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

/** Who has taken the incident is done with it; whoever does more goes on looking at it. */
const taking = (act) => (step, body) => {
  if (step === 'acknowledge') dialog.close();
  act(step, body);
};

function measurements(incident) {
  const t = text();
  if (!incident.measurements.length) return null;
  const number = (value) => (value === undefined ? '–' : String(Math.round(value * 10000) / 10000));
  return make('table', {},
    make('caption', {}, t.measured),
    make('thead', {}, make('tr', {}, ...[t.measure, t.value, t.threshold].map((name) => make('th', { scope: 'col' }, name)))),
    make('tbody', {}, ...incident.measurements.map((item) => make('tr', {},
      make('th', { scope: 'row' }, item.name), make('td', {}, number(item.value)), make('td', {}, number(item.threshold))))));
}

function history(revisions) {
  const t = text();
  return make('section', {},
    make('h3', {}, t.history),
    make('ol', { className: 'history' }, ...revisions.map((revision) => make('li', {},
      make('time', { dateTime: revision.time }, siteMoment(revision.time)), ' ',
      make('strong', {}, word('changes', revision.change)),
      revision.actor === 'lookout' ? '' : ` · ${revision.actor}`))));
}
