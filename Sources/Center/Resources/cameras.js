// The cameras: state, cause and the latest picture of each, fetched only for those that can be seen.
import { byId, duration, make, now, page, read, siteMoment, siteTime, text, word } from './page.js';
import { orderButton, orderLines } from './orders.js';
import { showRecording } from './recordings.js';
import { makeStrip, showStrip, startCoverage } from './coverage.js';

const STATUS_INTERVAL = 3000;
const PICTURE_INTERVAL = 1000;
/** A picture older than this is called old. */
const STALE_AFTER = 10000;
/** A browser opens six connections to one server; one of them is the event stream. */
const PARALLEL_FETCHES = 3;
const MARKS = { connecting: '◌', learning: '◐', watching: '●', degraded: '▲', blind: '✕', refused: '✕', off: '○' };

/** By camera id: { status, element, parts, visible, due, etag, captured, url } */
const cards = new Map();
let fetching = 0;
let announce = () => {};
let onNames = () => {};
let isLoaded = false;
let refuse = () => {};

export const cameraName = (id) => cards.get(id)?.status.name || id;

const visibility = new IntersectionObserver((entries) => {
  for (const entry of entries) {
    const card = cards.get(entry.target.dataset.camera);
    if (card) card.visible = entry.isIntersecting;
  }
});

/** `renamed` is called when a camera appears or changes its name, `refused` with an order that was not taken. */
export function startCameras(announcer, renamed, refused) {
  announce = announcer;
  refuse = refused;
  onNames = renamed;
  setInterval(pump, 100);
  setInterval(showAges, 1000);
  startCoverage(() => { for (const card of cards.values()) showStrip(card.parts.strip, card.status.camera, card.status.state === 'off'); });
  const refresh = async () => {
    if (document.visibilityState === 'visible' || cards.size === 0) await loadCameras().catch(() => {});
    setTimeout(refresh, STATUS_INTERVAL);
  };
  setTimeout(refresh, STATUS_INTERVAL);
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') loadCameras().catch(() => {});
  });
}

export async function loadCameras() {
  const { cameras } = await read('/api/cameras');
  isLoaded = true;
  const list = byId('cameras');
  const hasNewNames = cameras.some((status) => cards.get(status.camera)?.status.name !== status.name);
  const listed = new Set(cameras.map((status) => status.camera));
  for (const [id, card] of cards) {
    if (listed.has(id)) continue;
    visibility.unobserve(card.element);
    card.element.remove();
    cards.delete(id);
  }
  cameras.forEach((status, index) => {
    let card = cards.get(status.camera);
    if (!card) {
      card = makeCard(status);
      cards.set(status.camera, card);
      visibility.observe(card.element);
    } else if (card.status.state !== status.state) {
      announce(text().cameraChanged(status.name || status.camera, word('cameraStates', status.state)));
    }
    card.status = status;
    if (list.children[index] !== card.element) list.insertBefore(card.element, list.children[index] ?? null);
    show(card);
  });
  showSummary();
  if (hasNewNames) onNames();
}

export function relabelCameras() {
  for (const card of cards.values()) show(card);
  showSummary();
  showAges();
}

function showSummary() {
  const on = [...cards.values()].filter((card) => card.status.state !== 'off').length;
  const watching = [...cards.values()].filter((card) => ['watching', 'learning', 'degraded'].includes(card.status.state)).length;
  showSiteOrders();
  byId('camera-summary').textContent = cards.size ? text().cameraCount(watching, on) : isLoaded ? text().noCameras : text().loading;
}

function makeCard(status) {
  const parts = {
    image: make('img', { className: 'picture', hidden: true, decoding: 'async' }),
    blank: make('p', { className: 'blank' }),
    age: make('p', { className: 'age' }),
    name: make('h3'),
    id: make('span', { className: 'camera-id' }),
    state: make('p', { className: 'state' }),
    facts: make('p', { className: 'facts' }),
    cause: make('p', { className: 'cause' }),
    strip: makeStrip(),
    orders: make('div', { className: 'orders' }),
    recording: make('button', {
      type: 'button', className: 'plain order-button', dataset: { role: 'recording' },
      onclick: () => showRecording(status.camera, cameraName(status.camera)),
    }),
  };
  const element = make('li', { className: 'camera', dataset: { camera: status.camera } },
    make('div', { className: 'frame' }, parts.image, parts.blank, parts.age),
    make('div', { className: 'caption' },
      make('div', { className: 'caption-line' }, parts.name, parts.state),
      make('div', { className: 'caption-line' }, parts.id, parts.facts),
      parts.cause, parts.strip, parts.orders, parts.recording));
  return { status, element, parts, visible: false, due: 0, etag: null, captured: null, url: null };
}

function show(card) {
  const { status, parts, element } = card;
  element.dataset.state = status.state;
  parts.name.textContent = status.name || status.camera;
  parts.id.textContent = status.camera;
  parts.image.alt = text().pictureOf(status.name || status.camera);
  parts.blank.textContent = text().noPicture;
  parts.state.replaceChildren(
    make('span', { className: 'mark', 'aria-hidden': 'true' }, MARKS[status.state] ?? '?'),
    word('cameraStates', status.state));
  const rate = status.counters.framesPerSecond;
  parts.facts.textContent = status.state === 'watching'
    ? [status.width ? `${status.width}×${status.height}` : '', status.codec, rate ? text().framesPerSecond(Math.round(rate * 10) / 10) : '']
      .filter(Boolean).join(' · ')
    : text().since(siteMoment(status.since));
  // The sentence in the reader's language; the particulars, which name addresses and codes, on demand.
  parts.cause.textContent = status.fault ? word('cameraFaults', status.fault) : status.cause ?? '';
  parts.cause.title = status.cause ?? '';
  parts.recording.textContent = text().recording;
  showOrders(card);
  parts.cause.hidden = !parts.cause.textContent;
  showStrip(parts.strip, status.camera, status.state === 'off');
}

/** Rebuilt only when something changed, so that a button keeps the keyboard. */
function showOrders({ status, parts }) {
  const key = JSON.stringify([status.silenced, page.language, page.site.canAcknowledge]);
  if (parts.orders.dataset.key === key) return;
  parts.orders.dataset.key = key;
  const button = orderButton({ camera: status.camera }, status.silenced.length > 0, () => loadCameras(), refuse);
  parts.orders.replaceChildren(...orderLines(status.silenced), ...(button ? [button] : []));
}

function showSiteOrders() {
  const statuses = [...cards.values()].map((card) => card.status);
  const isSilent = statuses.some((status) => status.silenced.some((order) => !order.camera));
  const element = byId('site-orders');
  const key = JSON.stringify([isSilent, statuses.length > 0, page.language, page.site.canAcknowledge]);
  if (element.dataset.key === key) return;
  element.dataset.key = key;
  const button = statuses.length > 0 && orderButton({}, isSilent, () => loadCameras(), refuse);
  element.replaceChildren(...(button ? [make('span', { className: 'quiet' }, `${text().siteOrders}: `), button] : []));
}

/** Says when the picture was taken, and warns where that is long ago. */
function showAges() {
  for (const { parts, captured, element } of cards.values()) {
    if (captured === null) {
      parts.age.textContent = '';
      continue;
    }
    const age = now() - captured;
    element.classList.toggle('stale', age > STALE_AFTER);
    parts.age.textContent = age > STALE_AFTER ? text().pictureAge(duration(age)) : siteTime(captured);
  }
}

/** Starts the fetches that are due, those that waited longest first. */
function pump() {
  if (document.visibilityState !== 'visible') return;
  const time = performance.now();
  const due = [...cards.values()].filter((card) => card.visible && !card.busy && card.due <= time);
  due.sort((a, b) => a.due - b.due);
  for (const card of due.slice(0, PARALLEL_FETCHES - fetching)) fetchPicture(card);
}

async function fetchPicture(card) {
  fetching += 1;
  card.busy = true;
  card.due = performance.now() + PICTURE_INTERVAL;
  try {
    const headers = card.etag ? { 'If-None-Match': card.etag } : {};
    const response = await fetch(card.status.picture, { cache: 'no-store', headers });
    if (response.status === 200) {
      const blob = await response.blob();
      card.etag = response.headers.get('ETag');
      await showPicture(card, blob, Date.parse(response.headers.get('X-Capture-Time')));
    } else if (response.status !== 304) {
      // Nothing to see yet: ask less often.
      card.due += 4 * PICTURE_INTERVAL;
    }
  } catch {
    card.due += 4 * PICTURE_INTERVAL;
  } finally {
    fetching -= 1;
    card.busy = false;
  }
}

async function showPicture(card, blob, captured) {
  const url = URL.createObjectURL(blob);
  const old = card.url;
  card.parts.image.src = url;
  card.url = url;
  try {
    await card.parts.image.decode();
    card.parts.image.hidden = false;
    card.parts.blank.hidden = true;
    card.captured = captured;
    showAges();
  } catch {
    card.etag = null;
  }
  if (old) URL.revokeObjectURL(old);
}
