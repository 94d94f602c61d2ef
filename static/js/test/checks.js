/** Runs the self-checks, and shows each of them green or with its fix. */

import { byId, copy, element, icon } from '../common/dom.js';
import { say } from '../common/words.js';
import { Player } from '../repartee.js';
import { CHECKS, Failed, failed, Unable } from './check-list.js';
import { milliseconds } from './numbers.js';

/** @typedef {'waiting'|'running'|'passed'|'failed'|'unknown'} State */

export class Checks {
  #run = byId('run-checks');
  #copy = byId('copy-checks');
  #total = byId('checks-total');
  #lines = CHECKS.map(({ name }, at) => new Line(name, at + 1));

  constructor() {
    byId('check-list').append(...this.#lines.map(({ whole }) => whole));
    this.#run.addEventListener('click', () => this.#all());
    this.#copy.addEventListener('click', () => {
      const text = this.#lines.map((line) => line.text).join('\n');
      copy(this.#copy, `${navigator.userAgent}\n${this.#total.textContent}\n${text}`, say('copied'));
    });
  }

  async #all() {
    this.#run.disabled = true;
    this.#copy.hidden = true;
    for (const line of this.#lines) line.show('waiting');
    /** @type {import('./check-list.js').Shared} */
    const shared = { player: new Player() };
    for (const [at, { run }] of CHECKS.entries()) {
      this.#total.textContent = say('checking', { number: at + 1, all: CHECKS.length });
      await this.#lines[at].run(() => run(shared));
    }
    shared.microphone?.close();
    shared.player.context.close();
    this.#total.textContent = this.#result();
    this.#run.disabled = false;
    this.#copy.hidden = false;
    if (document.activeElement === document.body) this.#run.focus();
  }

  #result() {
    const count = (/** @type {State} */ state) => this.#lines.filter((line) => line.state === state).length;
    const parts = [say('checks_passed', { number: count('passed'), all: CHECKS.length })];
    if (count('failed')) parts.push(say('checks_failed', { number: count('failed') }));
    if (count('unknown')) parts.push(say('checks_unknown', { number: count('unknown') }));
    return parts.join(' · ');
  }
}

/** One check, as it stands in the list. */
class Line {
  /** @type {State} */
  state = 'waiting';
  #mark = element('span', { className: 'mark-of' });
  #word = element('span', { className: 'note' });
  #told = element('p', { className: 'measured' });
  #advice = element('span');
  #fix = element('p', { className: 'fix' });

  /** @param {string} name @param {number} number */
  constructor(name, number) {
    const title = element('h3', {}, `${number}. ${say(`check_${name}`)}`);
    this.name = title.textContent;
    const text = element('div', {}, title, this.#word, this.#told, this.#fix);
    this.whole = element('li', { className: 'check' }, this.#mark, text);
    this.show('waiting');
  }

  /** For a terminal or a letter. */
  get text() {
    return [`${this.name}: ${this.#word.textContent}`, this.#told.textContent, this.#advice.textContent]
      .filter(Boolean)
      .join('\n  ');
  }

  /**
   * @param {State} state @param {string} [told] @param {string} [time]
   * @param {{fix: string, way: HTMLElement|null}} [help] What to do, and where.
   */
  show(state, told = '', time = '', { fix, way } = { fix: '', way: null }) {
    this.state = state;
    this.whole.dataset.state = state;
    this.#mark.replaceChildren(icon(state));
    this.#word.textContent = [say(`state_${state}`), time].filter(Boolean).join(' · ');
    this.#told.textContent = told;
    this.#told.hidden = !told;
    this.#advice.textContent = fix && say('fix', { what: fix });
    this.#fix.replaceChildren(this.#advice, ...(way ? [' ', way] : []));
    this.#fix.hidden = !fix;
  }

  /** @param {() => Promise<string>} check */
  async run(check) {
    this.show('running');
    const began = performance.now();
    const time = () => milliseconds(Math.round(performance.now() - began));
    try {
      this.show('passed', await check(), time());
    } catch (error) {
      if (error instanceof Unable) this.show('unknown', error.message);
      else {
        const failure = error instanceof Failed ? error : failed(error);
        this.show('failed', failure.message, time(), failure);
      }
    }
  }
}
