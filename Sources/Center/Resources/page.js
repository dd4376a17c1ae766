// What every part of the page uses: the elements, the language, the site's clock, talking to the server.
import { texts } from './texts.js';

export const byId = (id) => document.getElementById(id);

/** An element. Text goes in as text nodes only, so that no name of a camera can become markup. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (key === 'dataset') Object.assign(element.dataset, value);
    else if (key.startsWith('on')) element.addEventListener(key.slice(2), value);
    else if (key in element && key !== 'list') element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export const page = {
  language: 'en',
  site: { name: 'Lookout', timeZone: 'UTC', canAcknowledge: false, vocabulary: {} },
  /** Server's clock minus this machine's, in milliseconds. */
  clockOffset: 0,
};

export const text = () => texts[page.language];

/** A word of Lookout's own, in the language of the page. */
export function word(list, key) {
  return page.site.vocabulary[list]?.[key]?.[page.language] ?? key;
}

export const now = () => Date.now() + page.clockOffset;

let formats = {};

/** To be called when language or site change. */
export function resetFormats() {
  const make = (options) => {
    try {
      return new Intl.DateTimeFormat(page.language === 'vi' ? 'vi-VN' : 'en-GB', { ...options, timeZone: page.site.timeZone });
    } catch {
      return new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' });
    }
  };
  const time = { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' };
  formats = {
    time: make(time),
    day: make({ weekday: 'short', day: '2-digit', month: '2-digit', year: 'numeric' }),
    dayAndMonth: make({ day: '2-digit', month: '2-digit' }),
    zone: make({ timeZoneName: 'short' }),
    field: make({ year: 'numeric', month: '2-digit', day: '2-digit', ...time }),
  };
}

export const siteDay = (instant) => formats.day.format(instant);
export const siteTime = (instant) => formats.time.format(instant);
export const siteZone = () => formats.zone.formatToParts(now()).find((part) => part.type === 'timeZoneName')?.value ?? '';

/** The time, with the day where that is not today, and with the year where that is another. */
export function siteMoment(iso) {
  const instant = Date.parse(iso);
  if (siteDay(instant) === siteDay(now())) return siteTime(instant);
  const isRecent = Math.abs(now() - instant) < 180 * 86400000;
  return `${isRecent ? formats.dayAndMonth.format(instant) : siteDay(instant)} ${siteTime(instant)}`;
}

/** An instant as the value of a field for date and time, on the site's clock. */
export function siteField(instant) {
  const parts = Object.fromEntries(formats.field.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}:${parts.second}`;
}

/** The instant that such a field means; twice, since the clock may have been put forward or back between the two. */
export function siteInstant(value) {
  const wanted = Date.parse(`${value}Z`);
  let instant = wanted;
  for (let round = 0; round < 2; round += 1) instant += wanted - Date.parse(`${siteField(instant)}Z`);
  return instant;
}

export function duration(milliseconds) {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 90) return text().seconds(seconds);
  if (seconds < 5400) return text().minutes(Math.round(seconds / 60));
  if (seconds < 129600) return text().hours(Math.round(seconds / 3600));
  return text().days(Math.round(seconds / 86400));
}

/** A refusal of the server, in words for people. */
export class Refusal extends Error {
  constructor(status, problem) {
    super(problem.detail ?? '');
    this.status = status;
    this.code = (problem.type ?? '').split(':').pop();
    this.problem = problem;
  }

  get words() {
    return text().problems[this.code] ?? [this.problem.detail, this.problem.remedy].filter(Boolean).join('. ');
  }
}

async function refusalOf(response) {
  try {
    return new Refusal(response.status, await response.json());
  } catch {
    return new Refusal(response.status, { detail: `HTTP ${response.status}` });
  }
}

async function send(path, options) {
  try {
    return await fetch(path, { cache: 'no-store', credentials: 'same-origin', ...options });
  } catch {
    throw new Refusal(0, { type: 'urn:lookout:problem:network' });
  }
}

/** GET as JSON; where the server asks who we are, asks the user and tries again. */
export async function read(path) {
  for (;;) {
    const response = await send(path, {});
    if (response.ok) return response.json();
    const refusal = await refusalOf(response);
    if (response.status !== 401) throw refusal;
    await signIn();
  }
}

/** POST, or PUT, with the user's token, asked for where there is none or a wrong one. `null` where the user cancels. */
export async function write(path, body, why = text().tokenWhyWrite, method = 'POST') {
  let error = '';
  for (;;) {
    const token = sessionStorage.getItem('token') ?? (await askForToken(why, error, true));
    if (!token) return null;
    const response = await send(path, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}) },
      body: body ? JSON.stringify(body) : undefined,
    });
    if (response.ok) {
      remember(token);
      return response.status === 204 ? {} : response.json();
    }
    const refusal = await refusalOf(response);
    if (response.status !== 401) throw refusal;
    sessionStorage.removeItem('token');
    error = refusal.words;
  }
}

function remember(token) {
  sessionStorage.setItem('token', token);
  byId('sign-out').hidden = false;
}

export async function signOut() {
  sessionStorage.removeItem('token');
  byId('sign-out').hidden = true;
  await send('/api/session', { method: 'DELETE' }).catch(() => {});
}

let signingIn = null;

/** Shows the token once, for a cookie that pictures and the event stream can carry. One dialog for all who ask. */
function signIn() {
  signingIn ??= (async () => {
    let error = '';
    try {
      for (;;) {
        const token = sessionStorage.getItem('token') ?? (await askForToken(text().tokenWhyRead, error, false));
        const response = await send('/api/session', { method: 'POST', headers: { Authorization: `Bearer ${token}` } });
        if (response.ok) return remember(token);
        sessionStorage.removeItem('token');
        error = (await refusalOf(response)).words;
      }
    } finally {
      signingIn = null;
    }
  })();
  return signingIn;
}

function askForToken(why, error, canCancel) {
  const dialog = byId('token-dialog');
  const field = byId('token');
  byId('token-why').textContent = why;
  byId('token-error').textContent = error;
  byId('token-error').hidden = !error;
  byId('token-cancel').hidden = !canCancel;
  field.value = '';
  return new Promise((resolve) => {
    const done = (token) => {
      abort.abort();
      if (dialog.open) dialog.close();
      resolve(token);
    };
    const abort = new AbortController();
    const on = (target, event, handler) => target.addEventListener(event, handler, { signal: abort.signal });
    on(byId('token-form'), 'submit', (event) => {
      event.preventDefault();
      done(field.value.trim());
    });
    on(byId('token-cancel'), 'click', () => done(null));
    on(dialog, 'cancel', (event) => {
      event.preventDefault();
      if (canCancel) done(null);
    });
    if (!dialog.open) dialog.showModal();
    field.focus();
  });
}
