// What people do with an incident: the form under its picture, and what they did already.
import { make, page, siteMoment, text, word } from './page.js';

const names = (list) => Object.keys(page.site.vocabulary[list] ?? {});

/** What was done, as rows of a name and a text. */
export function handlingRows(incident, fire) {
  const t = text();
  const done = incident.handling ?? {};
  const by = (entry) => `${entry.actor}, ${siteMoment(entry.time)}${entry.note ? `: ${entry.note}` : ''}`;
  return [
    fire && [t.fireStage, word('fireStages', fire.stage)],
    done.confirmed && [word('changes', 'confirmed'), by(done.confirmed)],
    done.dismissed && [word('changes', 'dismissed'), `${word('dismissalReasons', done.dismissed.reason)} · ${by(done.dismissed)}`],
    done.assigned && [word('changes', 'assigned'), `${done.assigned.to} · ${by(done.assigned)}`],
    done.reported && [word('changes', 'reported'), `${word('fireStages', done.reported.stage)} · ${by(done.reported)}`],
    done.noted && [t.note, by(done.noted)],
    done.locked && [word('changes', 'locked'), by(done.locked)],
  ];
}

/** What people made of an incident, in two words; nothing where they have not judged it. */
export function verdict(incident) {
  const done = incident.handling ?? {};
  if (done.dismissed) return `${word('changes', 'dismissed')}: ${word('dismissalReasons', done.dismissed.reason)}`;
  if (done.reported) return word('fireStages', done.reported.stage);
  return done.confirmed ? word('changes', 'confirmed') : '';
}

/**
 * A note and the steps that it goes with. Enter in the form takes the incident, or keeps the note where it is taken.
 *
 * @param act called with the step's name and what goes with it
 */
export function handlingForm(incident, fire, act) {
  const t = text();
  const isTaken = Boolean(incident.acknowledgement);
  const note = make('textarea', { id: 'note', rows: 2, maxLength: 2000, placeholder: t.notePlaceholder });
  const send = (step, extra = {}) => {
    const words = note.value.trim();
    form.reset();
    act(step, { ...extra, ...(words ? { note: words } : {}) });
  };
  const button = (step, label, onclick = () => send(step)) => make('button', {
    type: 'button', className: 'plain', dataset: { step }, onclick,
  }, label);
  const whole = fire?.incidents.length > 1 && make('input', { type: 'checkbox', id: 'whole-fire', checked: true });
  const ofFire = () => (whole ? { wholeFire: whole.checked } : {});
  const lock = incident.handling?.locked ? 'unlock' : 'lock';
  const form = make('form', { className: 'take-form' },
    make('label', { htmlFor: 'note' }, t.note), note,
    make('div', { className: 'steps' },
      make('button', { type: 'submit', className: isTaken ? 'plain' : 'primary', dataset: { step: isTaken ? 'note' : 'acknowledge' } },
        isTaken ? t.addNote : t.acknowledge),
      !incident.handling?.confirmed && button('confirm', t.confirm), ...dismissal(button, send, ofFire),
      whole && make('label', {}, whole, ' ', t.wholeFire(fire.incidents.length)),
      button(lock, t[lock], () => {
        if (note.value.trim()) return send(lock, ofFire());
        note.placeholder = t.lockReason;
        return note.focus();
      }),
      ...assignment(button, send), ...(incident.desk === 'fire' ? reports(button, send) : [])));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!isTaken) send('acknowledge');
    else if (note.value.trim()) send('note');
  });
  return form;
}

const fieldName = (field) => field.id || field.getAttribute('aria-label');

/** What somebody has begun to write or choose in the form, so that the form may be drawn anew. */
export function draftOf(form) {
  const fields = [...form.elements].filter(fieldName);
  return {
    values: new Map(fields.map((field) => [fieldName(field), [field.value, field.checked]])),
    focused: fieldName(form.contains(document.activeElement) ? document.activeElement : form),
  };
}

export function restoreDraft(form, { values, focused }) {
  for (const field of form.elements) {
    const name = fieldName(field);
    if (!values.has(name)) continue;
    [field.value, field.checked] = values.get(name);
    if (name === focused) field.focus();
  }
}

function dismissal(button, send, ofFire) {
  const t = text();
  const reason = choice(t.dismissAs, 'dismissalReasons');
  return [
    reason,
    button('dismiss', t.dismiss, () => {
      if (!reason.value) return reason.focus();
      return send('dismiss', { reason: reason.value, ...ofFire() });
    }),
  ];
}

function assignment(button, send) {
  const t = text();
  const to = make('input', { type: 'text', maxLength: 100, placeholder: t.assignTo, 'aria-label': t.assignTo });
  return [to, button('assign', t.assign, () => {
    const name = to.value.trim();
    return name ? send('assign', { to: name }) : to.focus();
  })];
}

function reports(button, send) {
  const t = text();
  const stage = choice(t.reportAs, 'groundReports');
  return [stage, button('report', t.report, () => (stage.value ? send('report', { stage: stage.value }) : stage.focus()))];
}

function choice(label, list) {
  return make('select', { 'aria-label': label },
    make('option', { value: '' }, label), ...names(list).map((value) => make('option', { value }, word(list, value))));
}
