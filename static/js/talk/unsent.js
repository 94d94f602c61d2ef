/** What was said and not answered: kept, shown with its ways out, sent again as the same turn. */

import { byId, element } from '../common/dom.js';
import { logIn } from '../common/log-in.js';
import { say } from '../common/words.js';
import { place } from './engines.js';
import * as outbox from './outbox.js';
import { inWords, othersMay, worthRetrying } from './troubles.js';

/**
 * @typedef {object} Asking A turn as it was asked for, and as it will be asked for again.
 * @property {string} key Its Idempotency-Key: sent again, it is still the same turn.
 * @property {import('./taking.js').Said} said
 * @property {string|null} conversation
 * @property {import('../repartee.js').TurnOptions} options How it is to be answered.
 * @property {import('./turn-view.js').TurnView} view
 */

/**
 * @typedef {object} Hands
 * @property {(asking: Asking) => void} send Sends it again.
 * @property {() => void} changed There is one more, or one less.
 * @property {() => void} speakAgain Listens once more.
 * @property {(clip: Blob) => void} hear Plays what was said.
 * @property {(seconds: number) => boolean} ownEngines Whether the server has engines of its own to
 *   turn to, for a clip that lasts so long.
 * @property {() => void} standIn Has them answer for now.
 * @property {(said: import('./taking.js').Said) => import('./turn-view.js').TurnView} show
 */

export class Unsent {
  /** @type {Map<string, Asking>} */
  #waiting = new Map();
  /** What was said in vain: it goes when something else is said. @type {import('./turn-view.js').TurnView|null} */
  #vain = null;
  /** Whether each recording could be kept in this browser. @type {Map<string, Promise<boolean>>} */
  #kept = new Map();

  /** @param {Hands} hands */
  constructor(hands) {
    this.hands = hands;
  }

  /** It is on its way: its recording stays here until it is answered. @param {Asking} asking */
  going({ key, said, conversation, options }) {
    this.#waiting.delete(key);
    this.#vain?.remove();
    this.#vain = null;
    const { clip, levels = [], seconds = 0 } = said;
    if (!clip) return;
    const since = Date.now();
    this.#kept.set(key, outbox.keep({ key, clip, levels, seconds, conversation, options, since }));
  }

  /** It was answered, or is not wanted any more. @param {string} key */
  done(key) {
    this.#waiting.delete(key);
    this.#kept.delete(key);
    outbox.drop(key);
  }

  /** It failed: shows why, and what can be done. @param {Asking} asking @param {import('../repartee.js').Problem} problem */
  async failed(asking, problem) {
    const again = worthRetrying(problem);
    const kept = again && ((await this.#kept.get(asking.key)) ?? false);
    if (again) this.#waiting.set(asking.key, asking);
    else {
      this.done(asking.key);
      if (asking.said.clip) this.#vain = asking.view;
    }
    const words = [inWords(problem)];
    if (this.#others(asking, problem)) words.push(say('stand_in_offer', { place }));
    if (kept) words.push(say('kept'));
    asking.view.fail(words.join(' '), ...this.#ways(asking, problem));
    // What was no fault of theirs they may want to tell of.
    if (problem.status >= 500 && problem.requestId) asking.view.name(problem.requestId);
    this.hands.changed();
  }

  /** Whether others could answer it. @param {Asking} asking @param {import('../repartee.js').Problem} problem */
  #others({ options, said }, problem) {
    return othersMay(problem) && !options.engines && this.hands.ownEngines(said.seconds ?? 0);
  }

  /** Has the server's own engines answer it, and what comes after. @param {Asking} asking */
  #standIn(asking) {
    this.hands.standIn();
    const options = { ...asking.options, engines: /** @type {const} */ ('embedded') };
    this.retry({ ...asking, key: newKey(), options });
  }

  /** @param {Asking} asking @param {import('../repartee.js').Problem} problem @returns {Node[]} */
  #ways(asking, problem) {
    const way = (/** @type {string} */ name, /** @type {() => void} */ onclick, strong = false) =>
      element('button', { className: strong ? 'button strong' : 'button', type: 'button', onclick }, say(name, { place }));
    if (problem.code === 'no_speech' || problem.code === 'audio_too_short') {
      return [
        way('try_again', this.hands.speakAgain, true),
        way('check_microphone', checkMicrophone),
      ];
    }
    if (!worthRetrying(problem)) return [];
    const { clip } = asking.said;
    const gone = problem.code === 'unknown_conversation';
    const login = problem.code === 'unauthenticated';
    const others = this.#others(asking, problem);
    return [
      others ? way('stand_in', () => this.#standIn(asking), true) : '',
      login ? logIn() : '',
      gone
        ? way('send_new', () => this.retry({ ...asking, key: newKey(), conversation: null }), true)
        : way('try_again', () => this.retry(asking), !login && !others),
      clip ? way('listen', () => this.hands.hear(clip)) : '',
      way('throw_away', () => this.throwAway(asking)),
    ].filter((one) => one instanceof Node);
  }

  /** Sends one again. @param {Asking} asking */
  retry(asking) {
    for (const [key, { view }] of this.#waiting) {
      if (view !== asking.view) continue;
      if (key === asking.key) this.#waiting.delete(key);
      else this.done(key);
    }
    asking.view.retry();
    this.hands.send(asking);
  }

  /** Forgets it. @param {Asking} asking */
  throwAway(asking) {
    this.done(asking.key);
    asking.view.remove();
    this.hands.changed();
  }

  /**
   * Shows what is left from before, here where a conversation is shown; where none is, all of it.
   * @param {string|null} conversation
   */
  async recall(conversation) {
    for (const { key, clip, levels, seconds, options, ...left } of await outbox.left()) {
      const elsewhere = conversation !== null && left.conversation !== conversation;
      if (elsewhere || this.#waiting.get(key)?.view.item.isConnected) continue;
      const said = { clip, levels, seconds };
      const view = this.hands.show(said);
      const asking = { key, said, conversation: left.conversation, options, view };
      this.#waiting.set(key, asking);
      const ways = this.#ways(asking, /** @type {any} */ ({ code: 'unreachable' }));
      view.fail(say('kept_from_before'), ...ways);
    }
    this.hands.changed();
  }

  /** It is not shown any more: it will be where it belongs. @param {string} key */
  park(key) {
    this.#waiting.delete(key);
    this.#kept.delete(key);
    outbox.release(key);
  }

  /** The stage was left. */
  parkAll() {
    for (const key of this.#waiting.keys()) this.park(key);
  }
}

/** Opens the settings where the microphone is. */
function checkMicrophone() {
  byId('open-settings').click();
  byId('doctor').scrollIntoView({ block: 'center' });
  byId('doctor').focus();
}

/** Names a turn before the server does; pages without https have no `randomUUID`. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
