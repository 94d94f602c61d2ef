/** The dock: the line, the button, and the word for what is going on. */

import { byId, element } from '../common/dom.js';
import { onTheClock, say } from '../common/words.js';
import { Line } from './line.js';

/**
 * @typedef {'idle'|'asking'|'listening'|'held'|'waiting'|'hearing'|'thinking'|'speaking'|'muted'
 *   |'blocked'|'offline'} State
 */

/** What each state looks like. @type {Record<State, {glyph: string, word: string, line: import('./line.js').Look}>} */
const LOOKS = {
  idle: { glyph: 'mic', word: 'idle', line: { left: 'flat', right: 'flat' } },
  asking: { glyph: 'mic', word: 'asking', line: { left: 'broken', right: 'flat' } },
  listening: { glyph: 'stop', word: 'listening', line: { left: 'draw', right: 'flat' } },
  held: { glyph: 'mic', word: 'held', line: { left: 'draw', right: 'flat' } },
  waiting: { glyph: 'pause', word: 'waiting', line: { left: 'ready', right: 'flat' } },
  hearing: { glyph: 'stop', word: 'hear', line: { left: 'flat', right: 'flat', dash: true } },
  thinking: { glyph: 'stop', word: 'think', line: { left: 'flat', right: 'flat', dash: true } },
  speaking: { glyph: 'stop', word: 'speak', line: { left: 'flat', right: 'draw' } },
  muted: { glyph: 'play', word: 'muted', line: { left: 'flat', right: 'frozen' } },
  blocked: { glyph: 'mic-off', word: 'type_instead', line: { left: 'broken', right: 'flat' } },
  offline: { glyph: 'cloud-off', word: 'offline', line: { left: 'flat', right: 'flat', cut: true } },
};

/** Whoever has a mouse has a space bar. */
const BY_MOUSE = matchMedia('(hover: hover) and (pointer: fine)');

/** How long thinking may take before one is told that it goes on. */
const STILL_AFTER_MS = 8000;

export class Dock {
  #dock = byId('dock');
  #word = byId('state');
  #aside = byId('aside');
  #glyph = byId('glyph');
  #shut = byId('shut');
  #timer = 0;
  /** @type {State} */
  state = 'idle';

  constructor() {
    this.button = /** @type {HTMLButtonElement} */ (byId('talk'));
    this.canvas = /** @type {HTMLCanvasElement} */ (byId('line'));
    this.line = new Line(this.canvas);
    this.notice = byId('notice');
    /** Whether the page listens by itself. */
    this.handsFree = false;
    /** Whether it is a key that is held. */
    this.byKey = false;
    /** Whether nothing was heard for a while. */
    this.silent = false;
    /** Whether a finger has slid away, and discards when it lets go. */
    this.sliding = false;
  }

  /**
   * Shows what is going on.
   * @param {State} state
   * @param {{aside?: string|Node, microphone?: boolean, limit?: number, since?: number}} [more]
   *   `microphone`: whether it hears; `limit`: how many seconds may be
   *   recorded; `since`: when that began.
   */
  show(state, { aside = '', microphone = false, limit = 0, since = performance.now() } = {}) {
    const look = LOOKS[state];
    this.state = state;
    this.#dock.dataset.state = state;
    this.#glyph.setAttribute('href', `#i-${look.glyph}`);
    const idle = this.handsFree ? 'idle_hands_free' : BY_MOUSE.matches ? 'idle_by_mouse' : 'idle';
    this.#say(say(state === 'idle' ? idle : look.word));
    this.#aside.replaceChildren(aside);
    const left = microphone && look.line.left === 'flat' ? 'ready' : look.line.left;
    this.line.look = { ...look.line, left };
    // Whoever holds the button slides away.
    this.#shut.hidden = !microphone || state === 'held';
    this.#shut.ariaLabel = say(state === 'listening' ? 'throw_away' : 'close_microphone');
    if (state === 'listening') this.button.setAttribute('aria-pressed', 'true');
    else this.button.removeAttribute('aria-pressed');
    clearInterval(this.#timer);
    const passed = () => (performance.now() - since) / 1000;
    this.sliding = false;
    this.silent = false;
    if (state === 'listening' || state === 'held') {
      this.#tick(() => {
        const left = limit - passed();
        const time = limit && left <= 5
          ? say('seconds_left', { seconds: Math.max(0, Math.ceil(left)) })
          : onTheClock(passed());
        if (this.sliding) return time;
        const how = this.byKey ? 'held_by_key' : 'held_aside';
        const tapped = this.silent ? 'listening_silent' : 'listening_aside';
        return `${time} · ${say(state === 'held' ? how : tapped)}`;
      });
    }
    if (state === 'hearing' || state === 'thinking') {
      this.#tick(() => {
        if (state === 'thinking' && passed() * 1000 > STILL_AFTER_MS) this.#say(say('still'));
        return say('cancel_aside');
      });
    }
  }

  /** Another word for the same state, and whether a finger is about to discard. @param {string} word @param {boolean} [sliding] */
  reword(word, sliding = false) {
    this.sliding = sliding;
    this.#say(word);
  }

  /** @param {string} word */
  #say(word) {
    if (this.#word.textContent !== word) this.#word.textContent = word;
    this.button.setAttribute('aria-label', word);
  }

  /** @param {() => string} text */
  #tick(text) {
    const write = () => (this.#aside.textContent = text());
    write();
    this.#timer = window.setInterval(write, 200);
  }

  /**
   * Tells of trouble above the line, until it is over or something else is done.
   * @param {string} text @param {...Node} ways
   */
  tell(text, ...ways) {
    this.notice.hidden = false;
    this.notice.replaceChildren(
      element('p', {}, text),
      ways.length ? element('div', { className: 'pair' }, ...ways) : '',
    );
  }

  /** The trouble is over. */
  hush() {
    this.notice.hidden = true;
    this.notice.replaceChildren();
  }
}
