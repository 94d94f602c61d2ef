/** One turn, answered in each of the ways there are. */

import { byId, element } from '../common/dom.js';
import { say } from '../common/words.js';
import { answerOf } from './answer.js';
import { button, lineToCopy } from './buttons.js';
import { curlLine } from './curl-line.js';
import { EventLog } from './event-log.js';
import { exchange, RENDERINGS } from './exchange.js';
import { milliseconds } from './numbers.js';
import { tabs } from './tabs.js';

export class Renderings {
  #panel = byId('rendering');
  #told = byId('rendering-told');
  #select = byId('ask-with');
  #text = byId('ask-text');
  #sound = byId('ask-sound');
  #memory = byId('ask-memory');
  #all = byId('send-all');
  #chosen = 0;
  /** What is under way. @type {AbortController|null} */
  #abort = null;
  /** What came back, by rendering. @type {{parts: HTMLElement[], forget: () => void}[]} */
  #answers = [];
  #tabs;

  /** @param {() => import('./clip-card.js').ClipCard[]} clips */
  constructor(clips) {
    this.clips = clips;
    this.#tabs = tabs(byId('rendering-tabs'), this.#panel, RENDERINGS.map(({ label }) => label), (at) => {
      this.#chosen = at;
      this.#draw();
    });
    for (const field of [this.#select, this.#text, this.#sound, this.#memory]) {
      field.addEventListener('input', () => this.#draw());
    }
    this.#all.addEventListener('click', () => this.#sendAll());
    this.#tabs.show(0);
  }

  /** There are other clips now. */
  refresh() {
    const chosen = this.#select.value;
    const typed = this.#select.options[0];
    const options = this.clips().map(({ id, file }) => element('option', { value: id }, file.name));
    this.#select.replaceChildren(typed, ...options);
    this.#select.value = chosen;
    if (this.#select.selectedIndex < 0) this.#select.value = '';
    if (this.#select.value !== chosen) this.#draw();
  }

  /** Asks with this clip from now on. @param {import('./clip-card.js').ClipCard} card */
  use(card) {
    this.#select.value = card.id;
    this.#draw();
    byId('renderings').scrollIntoView();
    this.#select.focus({ preventScroll: true });
  }

  /** @returns {import('./exchange.js').Asked} */
  get #asked() {
    const clip = this.clips().find(({ id }) => id === this.#select.value);
    return { input: clip?.file ?? this.#text.value, sound: this.#sound.value, memory: !this.#memory.checked };
  }

  #draw() {
    const rendering = RENDERINGS[this.#chosen];
    byId('ask-text-field').hidden = this.#select.value !== '';
    const send = this.#abort
      ? button('button', 'stop', say('stop'), () => this.#abort?.abort())
      : button('button strong', 'send', say('send'), () => this.#send(this.#chosen));
    this.#panel.replaceChildren(
      element('p', { className: 'note' }, say(`rendering_${rendering.name}`)),
      lineToCopy(curlLine(rendering, this.#asked)),
      element('div', { className: 'pair' }, send),
      ...(this.#answers[this.#chosen]?.parts ?? []),
    );
  }

  async #sendAll() {
    for (let at = 0; at < RENDERINGS.length; at += 1) {
      this.#tabs.show(at);
      if (!(await this.#send(at))) return;
    }
  }

  /** Says whether there was an answer. @param {number} at */
  async #send(at) {
    const rendering = RENDERINGS[at];
    const log = rendering.name === 'events' ? new EventLog() : null;
    const abort = (this.#abort = new AbortController());
    this.#all.disabled = true;
    this.#keep(at, { parts: log ? [log.whole] : [], forget: () => {} }, '…');
    this.#draw();
    this.#focus();
    let answer;
    try {
      const piece = (/** @type {Uint8Array} */ bytes, /** @type {number} */ ms) => log?.piece(bytes, ms);
      const answered = await exchange(rendering, this.#asked, { signal: abort.signal, piece });
      answer = answerOf(answered, log);
      this.#keep(at, answer, answered.status.split(' ')[1]);
      const time = milliseconds(answered.times.total);
      this.#told.textContent = say('answered', { label: rendering.label, status: answered.status, time });
    } catch {
      const text = say(abort.signal.aborted ? 'stopped' : 'unreachable');
      const part = element('p', { className: 'refusal' }, text);
      this.#keep(at, { parts: [part], forget: () => {} }, '');
      this.#told.textContent = text;
    }
    this.#abort = null;
    this.#all.disabled = false;
    this.#draw();
    this.#focus();
    return answer !== undefined;
  }

  /** The button that was pressed has become another. */
  #focus() {
    if (document.activeElement === document.body) this.#panel.querySelector('.pair button')?.focus();
  }

  /** @param {number} at @param {{parts: HTMLElement[], forget: () => void}} answer @param {string} mark */
  #keep(at, answer, mark) {
    this.#answers[at]?.forget();
    this.#answers[at] = answer;
    this.#tabs.mark(at, mark);
  }
}
