// The incidents: newest first, kept current by the event stream, taken by a button.
import { byId, duration, make, now, page, read, siteMoment, text, word, write } from './page.js';
import { cameraName } from './cameras.js';
import { showDetail } from './detail.js';
import { verdict } from './handling.js';

const PAGE_SIZE = 50;
/** Cards on the page; older ones are fetched again when asked for. */
const CAPACITY = 300;
const MARKS = { info: '○', warning: '▲', critical: '⬣' };

/** By id: { incident, element } */
const cards = new Map();
const filters = { attention: 'all', desk: 'all' };
let next = null;
/** Until the first answer nobody may read that nothing has happened. */
let isLoaded = false;
let notify = () => {};
let refuse = () => {};

export function startIncidents({ onNew, onRefusal }) {
  notify = onNew;
  refuse = onRefusal;
  for (const name of ['attention', 'desk']) {
    byId(`filter-${name}`).addEventListener('click', (event) => {
      const value = event.target.dataset?.value;
      if (!value) return;
      filters[name] = value;
      for (const button of event.currentTarget.children) button.ariaPressed = String(button.dataset.value === value);
      showVisibility();
    });
  }
  byId('older').addEventListener('click', () => loadOlder().catch((error) => refuse(error)));
  document.addEventListener('keydown', onKey);
  setInterval(showTimes, 5000);
}

/** Loads the newest incidents, in place of all that are shown. */
export async function loadIncidents() {
  const answer = await read(`/api/incidents?limit=${PAGE_SIZE}`);
  const kept = new Set(answer.incidents.map((incident) => incident.id));
  for (const id of [...cards.keys()]) if (!kept.has(id)) drop(id);
  for (const incident of answer.incidents) place(incident);
  next = answer.next ?? null;
  isLoaded = true;
  showVisibility();
}

async function loadOlder() {
  const answer = await read(`/api/incidents?limit=${PAGE_SIZE}&after=${encodeURIComponent(next)}`);
  for (const incident of answer.incidents) place(incident);
  next = answer.next ?? null;
  showVisibility();
}

/** A revision from the event stream. */
export function receive(revision) {
  const { incident } = revision;
  const isNew = revision.change === 'opened' && !cards.has(incident.id);
  // One that stands below all that are loaded would leave a gap above it.
  const oldest = list().lastElementChild;
  if (next && oldest && incident.startMicroseconds < Number(oldest.dataset.start) && !cards.has(incident.id)) return;
  const card = place(incident);
  if (isNew) {
    card.element.classList.add('new');
    setTimeout(() => card.element.classList.remove('new'), 6000);
    notify(incident);
  }
  while (cards.size > CAPACITY) {
    const last = list().lastElementChild;
    drop(last.dataset.id);
    next = list().lastElementChild.dataset.id;
  }
  showVisibility();
}

export function relabelIncidents() {
  for (const card of cards.values()) fill(card);
  showVisibility();
}

const list = () => byId('incidents');

function drop(id) {
  cards.get(id)?.element.remove();
  cards.delete(id);
}

function place(incident) {
  let card = cards.get(incident.id);
  if (card) {
    card.incident = incident;
    fill(card);
    return card;
  }
  const element = make('li', {
    className: 'incident', tabIndex: -1,
    dataset: { id: incident.id, start: String(incident.startMicroseconds) },
  });
  card = { incident, element };
  cards.set(incident.id, card);
  fill(card);
  const below = [...list().children].find((other) => Number(other.dataset.start) < incident.startMicroseconds);
  list().insertBefore(element, below ?? null);
  return card;
}

/** Builds the card anew; who had the keyboard on one of its buttons keeps it there. */
function fill(card) {
  const { incident, element } = card;
  const role = element.contains(document.activeElement) ? document.activeElement.dataset.role : null;
  const kind = word('kinds', incident.kind);
  const camera = cameraName(incident.camera);
  Object.assign(element.dataset, { severity: incident.severity, state: incident.state, desk: incident.desk });
  element.classList.toggle('taken', Boolean(incident.acknowledgement));
  element.classList.toggle('dismissed', Boolean(incident.handling?.dismissed));
  const title = make('button', {
    type: 'button', className: 'title', dataset: { role: 'open' }, onclick: () => open(incident),
  }, kind);
  element.replaceChildren(
    thumbnail(incident, kind, camera),
    make('div', { className: 'what' },
      make('div', { className: 'line' },
        make('h3', {}, title),
        make('span', { className: 'severity' },
          make('span', { className: 'mark', 'aria-hidden': 'true' }, MARKS[incident.severity]),
          word('severities', incident.severity))),
      make('p', { className: 'where' }, make('strong', {}, camera),
        incident.zones.length > 0 && ` · ${incident.zones.join(', ')}`),
      make('p', { className: 'when' },
        make('time', { dateTime: incident.start }, siteMoment(incident.start)), ' · ',
        make('span', { className: 'ago' }),
        incident.handling?.locked && ` · ${text().locked}`),
      make('div', { className: 'line' }, make('p', { className: 'progress' }), action(incident))));
  showTime(card);
  if (role) (element.querySelector(`[data-role="${role}"]`) ?? element).focus();
}

function thumbnail(incident, kind, camera) {
  const item = incident.evidence.findLast((item) => item.kind === 'bestThumbnail')
    ?? incident.evidence.find((item) => item.kind === 'thumbnail')
    ?? incident.evidence.find((item) => item.kind === 'snapshot');
  if (!item) return make('div', { className: 'thumbnail empty-thumbnail' }, text().noSnapshot);
  const image = make('img', {
    src: item.url, alt: text().snapshotOf(kind, camera), loading: 'lazy', decoding: 'async', width: 160, height: 90,
  });
  return make('button', {
    type: 'button', className: 'thumbnail', tabIndex: -1, 'aria-label': text().open(kind),
    onclick: () => open(incident),
  }, image);
}

function action(incident) {
  const taken = incident.acknowledgement;
  if (taken) {
    const judged = verdict(incident);
    return make('p', { className: 'taken-by' }, '✓ ', text().acknowledgedBy(taken.actor, siteMoment(taken.time)),
      judged && ` · ${judged}`);
  }
  if (!page.site.canAcknowledge) return null;
  return make('button', {
    type: 'button', className: incident.severity === 'info' ? 'take' : 'take primary', dataset: { role: 'acknowledge' }, onclick: () => acknowledge(incident.id),
  }, text().acknowledge);
}

/** The incident in full, with what can be done about it. */
function open(incident) {
  showDetail(incident, page.site.canAcknowledge ? (step, body) => act(incident.id, step, body) : null);
}

/** Opens the incident that the page's address names, as links in alerts do. */
export async function openLinked() {
  try {
    const id = decodeURIComponent(location.hash.slice(1));
    if (id) open((await read(`/api/incidents/${encodeURIComponent(id)}`)).incident);
  } catch (error) {
    refuse(error);
  }
}

async function act(id, step, body) {
  if (step === 'acknowledge') return acknowledge(id, body.note);
  try {
    const revision = await write(`/api/incidents/${encodeURIComponent(id)}/${step}`, Object.keys(body).length ? body : undefined);
    if (!revision) return;
    receive(revision);
    open(revision.incident);
  } catch (error) {
    refuse(error);
  }
}

async function acknowledge(id, note) {
  const card = cards.get(id);
  if (!card || card.incident.acknowledgement || !page.site.canAcknowledge) return;
  const button = card.element.querySelector('[data-role="acknowledge"]');
  if (button) button.disabled = true;
  try {
    const revision = await write(`/api/incidents/${encodeURIComponent(id)}/acknowledge`, note ? { note } : undefined);
    if (revision) receive(revision);
  } catch (error) {
    refuse(error);
    if (error.status === 409) {
      await read(`/api/incidents/${encodeURIComponent(id)}`).then(({ incident }) => place(incident)).catch(() => {});
    }
  } finally {
    card.element.querySelector('[data-role="acknowledge"]')?.removeAttribute('disabled');
    showVisibility();
  }
}

function showTime({ incident, element }) {
  element.querySelector('.ago').textContent = text().ago(duration(now() - Date.parse(incident.start)));
  const lasted = text().lasted(duration((incident.lastSeenMicroseconds - incident.startMicroseconds) / 1000));
  element.querySelector('.progress').textContent = incident.state === 'open'
    ? word('incidentStates', 'open')
    : `${word('incidentStates', 'closed')} · ${incident.interrupted ? text().interrupted : lasted}`;
}

function showTimes() {
  for (const card of cards.values()) showTime(card);
}

/** Applies the filters and shows the counts. */
function showVisibility() {
  let waiting = 0;
  let shown = 0;
  for (const { incident, element } of cards.values()) {
    const isWaiting = !incident.acknowledgement && incident.severity !== 'info';
    if (isWaiting) waiting += 1;
    const fits = (filters.attention === 'all' || isWaiting)
      && (filters.desk === 'all' || filters.desk === incident.desk);
    element.hidden = !fits;
    if (fits) shown += 1;
  }
  byId('no-incidents').hidden = shown > 0;
  const empty = filters.attention === 'all' ? text().noIncidents : text().nothingNeeded;
  byId('no-incidents').textContent = isLoaded ? empty : text().loading;
  byId('older').hidden = !next;
  const title = byId('incidents-title');
  title.replaceChildren(text().incidents, ...(waiting ? [make('span', { className: 'count' }, text().openCount(waiting))] : []));
  document.title = `${waiting ? `(${waiting}) ` : ''}${page.site.name} · Lookout`;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open]')) return;
  if (event.target.matches?.('input, textarea, select')) return;
  const shown = [...list().children].filter((element) => !element.hidden);
  const current = shown.findIndex((element) => element.contains(document.activeElement));
  const key = event.key.toLowerCase();
  if (key === 'j' || key === 'k') {
    const index = current < 0 ? 0 : Math.min(Math.max(current + (key === 'j' ? 1 : -1), 0), shown.length - 1);
    shown[index]?.focus();
    shown[index]?.scrollIntoView({ block: 'nearest' });
    event.preventDefault();
  } else if (current >= 0 && key === 'a') {
    acknowledge(shown[current].dataset.id);
    event.preventDefault();
  } else if (current >= 0 && key === 'enter' && document.activeElement === shown[current]) {
    open(cards.get(shown[current].dataset.id).incident);
    event.preventDefault();
  }
}
