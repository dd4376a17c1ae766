// Starts the page and keeps the connection to Lookout, which it never calls live unless something came lately.
import {
  byId, now, page, read, resetFormats, signOut, siteDay, siteTime, siteZone, text, word,
} from './page.js';
import { cameraName, loadCameras, relabelCameras, startCameras } from './cameras.js';
import { loadDanger, relabelDanger, startDanger } from './danger.js';
import { loadIncidents, openLinked, receive, relabelIncidents, startIncidents } from './incidents.js';

/** The server beats every 15 seconds; after this long without anything the connection counts as lost. */
const SILENCE_LIMIT = 40000;
const connection = { source: null, last: null, heard: 0, lostAt: null, isLive: false, retry: 1000 };

function announce(words) {
  byId('announcer').textContent = words;
}

let noticeTimer;
function notice(words, seconds = 12) {
  const element = byId('notice');
  element.textContent = words;
  element.hidden = !words;
  clearTimeout(noticeTimer);
  if (words && seconds) noticeTimer = setTimeout(() => { element.hidden = true; }, seconds * 1000);
}

function showConnection() {
  const element = byId('connection');
  const lost = connection.lostAt !== null;
  element.dataset.state = connection.isLive ? 'live' : lost ? 'lost' : 'connecting';
  const since = lost ? siteTime(connection.lostAt) : '';
  const words = connection.isLive ? text().live : lost ? text().reconnecting(since) : text().connecting;
  if (element.textContent !== words) element.textContent = words;
  document.body.classList.toggle('offline', lost);
}

function heard() {
  connection.heard = performance.now();
  connection.retry = 1000;
  if (connection.isLive) return;
  connection.isLive = true;
  if (connection.lostAt !== null) notice('');
  connection.lostAt = null;
  showConnection();
}

function lost() {
  connection.isLive = false;
  connection.lostAt ??= now();
  showConnection();
  notice(text().offlineNotice(siteTime(connection.lostAt)), 0);
}

function connect() {
  connection.source?.close();
  connection.heard = performance.now();
  const source = new EventSource(connection.last === null ? '/api/events' : `/api/events?after=${connection.last}`);
  connection.source = source;
  const on = (name, handler) => source.addEventListener(name, (event) => {
    if (source !== connection.source) return;
    if (event.lastEventId) connection.last = event.lastEventId;
    heard();
    handler(JSON.parse(event.data));
  });
  const reload = () => Promise.all([loadIncidents(), loadCameras(), loadDanger()]).catch((error) => notice(error.words ?? String(error)));
  // The list is loaded after the stream stands, so that nothing falls between the two.
  let isFirst = connection.last === null;
  on('ready', () => {
    if (isFirst) reload();
    isFirst = false;
  });
  on('reset', reload);
  on('incident', receive);
  on('heartbeat', ({ time }) => { page.clockOffset = Date.parse(time) - Date.now(); });
  source.addEventListener('error', () => {
    if (source !== connection.source) return;
    lost();
    // A browser gives up on an answer that is no event stream; we don't.
    if (source.readyState === EventSource.CLOSED) reconnectLater();
  });
}

async function reconnectLater() {
  connection.source = null;
  await new Promise((resolve) => setTimeout(resolve, connection.retry));
  connection.retry = Math.min(connection.retry * 2, 15000);
  // Signs in again where the session is over; any other failure shows again in the stream.
  await loadSite().catch(() => {});
  connect();
}

async function loadSite() {
  page.site = await read('/api/site');
  page.clockOffset = Date.parse(page.site.time) - Date.now();
  relabel();
}

function relabel() {
  const t = text();
  resetFormats();
  document.documentElement.lang = page.language;
  byId('site-name').textContent = page.site.name;
  byId('cameras-title').textContent = t.cameras;
  byId('sign-out').textContent = t.signOut;
  byId('older').textContent = t.older;
  byId('keys').textContent = page.site.canAcknowledge ? t.keys : t.keysReadOnly;
  byId('languages').ariaLabel = t.language;
  const segments = (id, label, names) => {
    byId(id).ariaLabel = label;
    [...byId(id).children].forEach((button, index) => { button.textContent = names[index]; });
  };
  segments('filter-attention', t.show, [t.needsAttention, t.all]);
  segments('filter-desk', t.desk, [t.bothDesks, t.desks.security, t.desks.fire]);
  byId('token-title').textContent = t.tokenTitle;
  byId('token-label').textContent = t.tokenLabel;
  byId('token-cancel').textContent = t.cancel;
  byId('token-submit').textContent = t.tokenSubmit;
  for (const button of byId('languages').children) {
    button.ariaPressed = String(button.dataset.language === page.language);
  }
  showSound();
  showClock();
  showConnection();
  relabelCameras();
  relabelDanger();
  relabelIncidents();
}

function showClock() {
  byId('day').textContent = siteDay(now());
  byId('time').textContent = `${siteTime(now())} ${siteZone()}`;
}

const sound = { isOn: false, context: null };

function showSound() {
  const button = byId('sound');
  button.ariaPressed = String(sound.isOn);
  button.textContent = sound.isOn ? `♪ ${text().soundOn}` : text().soundOff;
}

/** Two short tones, higher for what is critical. */
function beep(isCritical) {
  if (!sound.isOn) return;
  const start = sound.context.currentTime;
  for (const [index, pitch] of (isCritical ? [880, 1175] : [587, 587]).entries()) {
    const tone = sound.context.createOscillator();
    const level = sound.context.createGain();
    tone.frequency.value = pitch;
    level.gain.setValueAtTime(0.25, start + index * 0.22);
    level.gain.exponentialRampToValueAtTime(0.001, start + index * 0.22 + 0.2);
    tone.connect(level).connect(sound.context.destination);
    tone.start(start + index * 0.22);
    tone.stop(start + index * 0.22 + 0.2);
  }
}

function onNew(incident) {
  announce(text().newIncident(
    word('kinds', incident.kind), cameraName(incident.camera), word('severities', incident.severity)));
  if (incident.severity !== 'info') beep(incident.severity === 'critical');
}

function chooseLanguage(language) {
  page.language = language;
  localStorage.setItem('language', language);
  relabel();
}

page.language = localStorage.getItem('language') ?? (navigator.language.startsWith('vi') ? 'vi' : 'en');
byId('languages').addEventListener('click', (event) => {
  if (event.target.dataset.language) chooseLanguage(event.target.dataset.language);
});
byId('sound').addEventListener('click', () => {
  sound.isOn = !sound.isOn;
  if (sound.isOn) {
    sound.context ??= new AudioContext();
    sound.context.resume();
    beep(false);
  }
  showSound();
});
byId('sign-out').hidden = sessionStorage.getItem('token') === null;
byId('sign-out').addEventListener('click', async () => {
  await signOut();
  location.reload();
});
startIncidents({ onNew, onRefusal: (error) => notice(error.words ?? String(error)) });
startCameras(announce, relabelIncidents, (error) => notice(error.words ?? String(error)));
startDanger((error) => notice(error.words ?? String(error)));
relabel();
setInterval(showClock, 1000);
setInterval(() => {
  if (connection.source && performance.now() - connection.heard > SILENCE_LIMIT) {
    lost();
    connect();
  }
}, 2000);
for (;;) {
  try {
    await loadSite();
    break;
  } catch (error) {
    lost();
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
}
connect();
openLinked();
addEventListener('hashchange', openLinked);
