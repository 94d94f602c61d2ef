/** The stage: every turn of the conversation, the newest just above the line. */

import { byId, element } from '../common/dom.js';
import { say } from '../common/words.js';
import { TurnView } from './turn-view.js';

/** How near to its end the stage has to be to go on following it, in pixels. */
const NEAR = 80;

export class Stage {
  #stage = byId('stage');
  #turns = byId('turns');
  #follows = true;
  /** Whether it was said already that words can be put right. */
  #hinted = false;

  /** @param {HTMLCanvasElement} canvas @param {import('./turn-view.js').TurnHands} hands */
  constructor(canvas, hands) {
    this.canvas = canvas;
    this.hands = hands;
    this.#stage.addEventListener('scroll', () => {
      const { scrollTop, scrollHeight, clientHeight } = this.#stage;
      this.#follows = scrollHeight - scrollTop - clientHeight < NEAR;
    });
    for (const part of [this.#turns, byId('next')]) new ResizeObserver(() => this.follow()).observe(part);
    new ResizeObserver(() => this.follow()).observe(this.#stage);
  }

  /** Whether nothing has been said yet. */
  get empty() {
    return this.#turns.childElementCount === 0;
  }

  /** A turn that begins now. @param {{words?: string, levels?: number[], seconds?: number, clip?: Blob}} said */
  begin(said) {
    this.#welcome(false);
    this.#follows = true;
    const turn = new TurnView(this, said);
    this.#turns.append(turn.item);
    this.follow();
    return turn;
  }

  /** A turn is taken: what might be said after the one before is out of date. */
  begins() {
    byId('next').hidden = true;
  }

  /** Turns from before, the newest first. @param {any[]} told */
  showEarlier(told) {
    const before = this.#stage.scrollHeight - this.#stage.scrollTop;
    for (const turn of told) {
      if (!this.#shows(turn)) this.#turns.prepend(this.#past(turn).item);
    }
    this.#welcome(this.empty);
    this.#stage.scrollTop = this.#stage.scrollHeight - before;
  }

  /** A turn that was ended elsewhere. @param {any} told */
  showLater(told) {
    if (this.#shows(told)) return;
    this.#turns.append(this.#past(told).item);
    this.follow();
  }

  /** @param {any} told */
  #shows({ turn_id: id }) {
    return this.#turns.querySelector(`[data-turn="${id}"]`) !== null;
  }

  /** @param {any} told */
  #past(told) {
    const view = new TurnView(this, { words: told.transcript ?? '', past: true });
    view.recall(told);
    return view;
  }

  /** Says once that words can be put right. @param {HTMLElement} said */
  hint(said) {
    if (this.#hinted) return;
    this.#hinted = true;
    said.after(element('p', { className: 'note' }, say('correct_hint')));
  }

  /** Whoever goes by keyboard goes on from here. */
  focus() {
    this.#stage.focus();
  }

  /** Nothing is on it. @param {{welcome?: boolean}} [how] Whether nothing was ever said here. */
  clear({ welcome = true } = {}) {
    this.#turns.replaceChildren();
    this.#follows = true;
    this.#welcome(welcome);
  }

  /** @param {boolean} shown */
  #welcome(shown) {
    byId('welcome').hidden = !shown;
    byId('heading').hidden = shown;
  }

  /** Shows this one from its beginning. @param {Element} item */
  show(item) {
    this.#follows = false;
    item.scrollIntoView({ block: 'nearest' });
  }

  /** Goes on to the newest, unless someone is reading further up. */
  follow() {
    if (!this.#follows || this.empty) return;
    const { scrollHeight, clientHeight } = this.#stage;
    this.#stage.scrollTop = scrollHeight;
    // Enlarged until little is left, it is the page that moves.
    const page = document.scrollingElement;
    if (scrollHeight <= clientHeight && page && page.scrollHeight > page.clientHeight) {
      this.#turns.lastElementChild?.scrollIntoView({ block: 'nearest' });
    }
  }
}
