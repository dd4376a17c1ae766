// The forest fire danger: which level holds, who said so, and the list that changes it.
import { byId, make, page, read, siteMoment, text, word, write } from './page.js';

let danger = { notices: [] };
let refuse = () => {};

export function startDanger(onRefusal) {
  refuse = onRefusal;
  setInterval(() => loadDanger().catch(() => {}), 60000);
}

export async function loadDanger() {
  danger = await read('/api/danger');
  relabelDanger();
}

export function relabelDanger() {
  const t = text();
  const element = byId('danger');
  const { current } = danger;
  // Where no camera watches for fire and nobody ever said anything of it, nothing is shown.
  element.hidden = !current && !danger.notices.length && !page.site.watchesForFire;
  element.dataset.level = current ? String(current.level) : '';
  element.title = current ? t.dangerFrom(
    word('dangerSources', current.source), current.source === 'weather' ? '' : current.actor, siteMoment(current.since),
    current.until && current.source !== 'weather' ? siteMoment(current.until) : '') : '';
  const words = current ? t.danger(word('dangerLevels', String(current.level))) : t.dangerUnknown;
  element.replaceChildren(make('span', {}, words), ...[chooser()].filter(Boolean));
}

function chooser() {
  if (!page.site.canAcknowledge) return null;
  const t = text();
  const list = make('select', { 'aria-label': t.dangerSet },
    make('option', { value: '' }, t.dangerSet),
    ...Object.keys(page.site.vocabulary.dangerLevels ?? {}).map((level) => make('option', { value: level }, word('dangerLevels', level))),
    make('option', { value: 'none' }, t.dangerReckoned));
  list.addEventListener('change', () => {
    if (list.value) give(list.value === 'none' ? {} : { level: Number(list.value) });
  });
  return list;
}

async function give(wish) {
  try {
    const answer = await write('/api/danger', wish, text().tokenWhyDanger, 'PUT');
    if (answer) danger = answer;
  } catch (error) {
    refuse(error);
  }
  relabelDanger();
}
