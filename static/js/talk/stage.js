/** The stage: every turn of the conversation, the newest just above the line. */

import { byId, element } from '../common/dom.js';
import { say } from '../common/words.js';
import { TurnView } from './turn-view.js';

/** How near to its end the stage has to be to go on following it, in pixels. */
const NEAR = 80;
/** How long going on to what is being said may take. */
const GLIDES_MS = 700;
/** How long after a hand has moved what scrolls is its doing. */
const BY_HAND_MS = 1500;

/** Whether whoever reads wants nothing to move by itself. */
const STILL = matchMedia('(prefers-reduced-motion: reduce)');

export class Stage {
  #stage = byId('stage');
  #turns = byId('turns');
  #follows = true;
  /** The turn that has begun last, on this page. @type {HTMLElement|null} */
  #newest = null;
  /** Whether something of it has sounded: from then on it is the voice that is followed. */
  #sounded = false;
  /** Where the stage itself goes, and from where: all other scrolling is the reader's. */
  #own = { from: 0, to: 0, until: 0, height: 0 };
  /** When a hand moved last. */
  #touched = -Infinity;
  /** Whether it was said already that words can be put right. */
  #hinted = false;

  /** @param {HTMLCanvasElement} canvas @param {import('./turn-view.js').TurnHands} hands */
  constructor(canvas, hands) {
    this.canvas = canvas;
    this.hands = hands;
    this.#stage.addEventListener('scroll', () => this.#scrolled());
    for (const kind of ['wheel', 'touchmove']) {
      this.#stage.addEventListener(kind, () => this.#letGo(), { passive: true });
    }
    for (const kind of ['keydown', 'pointerdown']) {
      document.addEventListener(kind, () => (this.#touched = performance.now()));
    }
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
    this.#sounded = false;
    const turn = new TurnView(this, said);
    this.#newest = turn.item;
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
    this.#newest = null;
    this.#sounded = false;
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

  /** What sounds now is wanted: it is followed, wherever it stands. */
  attend() {
    this.#follows = true;
    this.#sounded = true;
  }

  /** Goes on to the newest, or to what is being said, unless someone is reading elsewhere. */
  follow() {
    if (!this.#follows || this.empty) return;
    const { scrollHeight, clientHeight } = this.#stage;
    // Enlarged until little is left, it is the page that moves.
    const page = document.scrollingElement;
    const now = this.#turns.querySelector('.now');
    if (scrollHeight <= clientHeight && page && page.scrollHeight > page.clientHeight) {
      (now ?? this.#turns.lastElementChild)?.scrollIntoView({ block: 'nearest' });
    } else if (now) this.#followVoice(now);
    else this.#followEnd();
  }

  /** Keeps the sentence that is being spoken in the middle third. @param {Element} now */
  #followVoice(now) {
    this.#sounded = true;
    const third = this.#stage.clientHeight / 3;
    if (!this.#inMiddle(now)) this.#go(this.#top + this.#below(now) - third, !STILL.matches);
  }

  /** Whether it is there, or will be in a moment. @param {Element} now */
  #inMiddle(now) {
    const [from, { height }, { clientHeight }] = [this.#below(now), now.getBoundingClientRect(), this.#stage];
    return from >= clientHeight / 3 - 1 && from + height <= (2 * clientHeight) / 3;
  }

  /** How far below the stage's top it is, or will be in a moment. @param {Element} now */
  #below(now) {
    const moves = this.#top - this.#stage.scrollTop;
    return now.getBoundingClientRect().top - this.#stage.getBoundingClientRect().top - moves;
  }

  /** What has sounded stays where it was heard; what has not is shown from its beginning. */
  #followEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.#stage;
    const end = scrollHeight - clientHeight;
    if (this.#sounded && end - scrollTop > clientHeight / 3) return;
    const begins = this.#newest && !this.#sounded ? this.#newest.offsetTop : end;
    this.#go(Math.min(begins, end));
  }

  /** Where the stage stands, or is about to. */
  get #top() {
    const { to, until } = this.#own;
    return performance.now() < until ? to : this.#stage.scrollTop;
  }

  /** @param {number} top @param {boolean} [glides] */
  #go(top, glides = false) {
    const { scrollTop, scrollHeight, clientHeight } = this.#stage;
    const to = Math.max(0, Math.min(Math.round(top), scrollHeight - clientHeight));
    if (Math.abs(to - this.#top) < 1) return;
    const until = performance.now() + (glides ? GLIDES_MS : 0);
    this.#own = { from: scrollTop, to, until, height: clientHeight };
    this.#stage.scrollTo({ top: to, behavior: glides ? 'smooth' : 'instant' });
  }

  /** A hand scrolls: the stage is no longer moved against it. */
  #letGo() {
    this.#touched = performance.now();
    if (this.#touched > this.#own.until) return;
    const { scrollTop: top } = this.#stage;
    this.#own = { ...this.#own, from: top, to: top, until: 0 };
    this.#stage.scrollTo({ top, behavior: 'instant' });
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.#stage;
    const { from, to, until, height } = this.#own;
    const between = scrollTop > Math.min(from, to) - 2 && scrollTop < Math.max(from, to) + 2;
    if (Math.abs(scrollTop - to) < 2 || (between && performance.now() < until)) return;
    // Where there is another size, it is nobody's doing.
    this.#own = { from: scrollTop, to: scrollTop, until: 0, height: clientHeight };
    if (height !== clientHeight) return;
    const speaks = this.#turns.querySelector('.now');
    if (!speaks) this.#follows = scrollHeight - scrollTop - clientHeight < NEAR;
    // What grows or shrinks scrolls as well.
    else if (performance.now() - this.#touched < BY_HAND_MS) this.#follows = false;
  }
}
