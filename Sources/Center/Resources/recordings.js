// What was recorded of a camera: a moment is chosen, and the player goes on from there, piece by piece.
import { byId, make, now, read, siteField, siteInstant, siteMoment, text } from './page.js';

/** What is asked for at once. */
const PIECE = 300000;
const STEP = 60000;

const dialog = byId('detail');

/** `from` is an instant in milliseconds; four minutes ago where left out. */
export function showRecording(camera, name, from = now() - 240000) {
  const t = text();
  const field = make('input', { id: 'recording-from', type: 'datetime-local', step: 1, value: siteField(from), required: true });
  const video = make('video', { controls: true, hidden: true, 'aria-label': t.recordingOf(name) });
  const caption = make('figcaption', { role: 'status' });
  const player = { camera, video, caption, field, start: from, piece: 0 };
  const form = make('form', { className: 'recording-form' },
    make('label', { htmlFor: 'recording-from' }, t.recordingFrom), field,
    make('button', { type: 'submit', className: 'primary' }, t.play),
    make('button', { type: 'button', className: 'plain', onclick: () => play(player, position(player) - STEP) }, t.earlier),
    make('button', { type: 'button', className: 'plain', onclick: () => play(player, position(player) + STEP) }, t.later));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    play(player, siteInstant(field.value));
  });
  video.addEventListener('timeupdate', () => showPosition(player));
  video.addEventListener('ended', () => play(player, position(player) + 200));
  video.addEventListener('error', () => {
    if (video.hasAttribute('src')) caption.textContent = text().noRecording;
  });
  byId('detail-title').textContent = t.recordingOf(name);
  byId('detail-close').textContent = t.close;
  byId('detail-body').replaceChildren(form, make('figure', { className: 'clip' }, video, caption));
  delete dialog.dataset.incident;
  dialog.addEventListener('close', () => video.removeAttribute('src'), { once: true });
  if (!dialog.open) dialog.showModal();
  play(player, from);
}

const position = ({ start, video }) => start + (video.hidden ? 0 : video.currentTime * 1000);

/** Plays from an instant on, or from the next one of which there is a recording. */
async function play(player, from) {
  const { camera, video, caption, field } = player;
  const piece = ++player.piece;
  const path = `/api/cameras/${encodeURIComponent(camera)}`;
  const iso = (instant) => new Date(instant).toISOString();
  field.value = siteField(from);
  try {
    const { recordings } = await read(`${path}/recordings?since=${iso(from)}&until=${iso(from + PIECE)}&limit=1`);
    if (piece !== player.piece) return;
    const first = recordings[0];
    if (!first) {
      video.pause();
      player.start = from;
      video.hidden = true;
      caption.textContent = text().noRecording;
      return;
    }
    player.start = Math.max(from, first.startMicroseconds / 1000);
    video.src = `${path}/recording?since=${iso(player.start)}&until=${iso(player.start + PIECE)}`;
    video.hidden = false;
    showPosition(player, first);
    await video.play().catch(() => {});
  } catch (error) {
    caption.textContent = error.words ?? String(error);
  }
}

function showPosition(player, first) {
  if (first) player.facts = `${first.codec} ${first.width}×${first.height}${first.isWebReady ? '' : ` · ${text().derived}`}`;
  player.caption.textContent = `${siteMoment(new Date(position(player)).toISOString())} · ${player.facts ?? ''}`;
}
