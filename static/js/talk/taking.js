/** A turn while it is taken: what comes of it goes to the stage, its sound to the player. */

import { current as settings } from '../common/settings.js';
import { levelsOf } from '../common/trace.js';
import { wav } from '../common/wav.js';
import { turn } from '../repartee.js';
import { Announcer } from './announcer.js';

/**
 * @typedef {object} Said What is said, by voice or by hand.
 * @property {string} [words]
 * @property {Blob} [clip]
 * @property {number[]} [levels]
 * @property {number} [seconds]
 */

/**
 * @typedef {object} Hands Who is told.
 * @property {() => void} heard
 * @property {(told: any) => void} finished
 * @property {(problem: import('../repartee.js').Problem) => void} failed
 */

export class Taking {
  /** Whether it was interrupted or cancelled from here. */
  left = false;
  #asked;
  #view;
  /** @type {import('../repartee.js').Speech[]} */
  #pieces = [];
  #announcer = new Announcer();

  /**
   * @param {Said} said @param {string} key @param {string|null} conversation
   * @param {import('./turn-view.js').TurnView} view
   * @param {import('../repartee.js').Player} player @param {Hands} hands
   */
  constructor(said, key, conversation, view, player, hands) {
    this.said = said;
    this.key = key;
    this.view = this.#view = view;
    const began = performance.now();
    const { voice, speed, spoken } = settings();
    this.#asked = turn(said.clip ?? said.words ?? '', {
      conversation: conversation ?? 'new',
      voice,
      language: spoken,
      speed: speed === 1 ? undefined : speed,
      idempotencyKey: key,
    });
    player.play(this.#asked);
    const sounds = () => {
      player.off('sound', sounds);
      view.firstSoundMs ??= performance.now() - began;
    };
    player.on('sound', sounds);
    this.#asked
      .on('heard', ({ transcript, language }) => {
        view.heard(transcript, language);
        hands.heard();
      })
      .on('reply', ({ delta }) => {
        view.write(delta);
        this.#announcer.announce(this.#asked.reply, false);
      })
      .on('speech', (piece) => this.#pieces.push(piece))
      .on('finished', (told) => {
        this.#finish(told);
        hands.finished(told);
      })
      .on('failed', (problem) => {
        player.off('sound', sounds);
        hands.failed(problem);
      });
  }

  /** Whether anything of the answer is there. */
  get answers() {
    return this.#asked.reply !== '';
  }

  /** @param {any} told */
  #finish(told) {
    this.#announcer.announce(told.reply ?? '', true);
    const rate = this.#pieces[0]?.rate;
    const sound = joined(this.#pieces);
    this.#pieces = [];
    this.#view.finish(told, {
      levels: rate ? levelsOf(sound, rate) : undefined,
      sound: rate ? wav(sound, rate) : null,
    });
    if (this.left) this.#view.cut(told);
  }

  /**
   * Ends it: what was heard of it is remembered, and no more.
   * @param {number} playedMs @param {boolean} sounding Whether it was still to be heard.
   */
  leave(playedMs, sounding) {
    this.#view.unmark();
    if (!sounding && this.#view.told) return;
    this.left = true;
    if (!this.#asked.id || (!sounding && !this.answers)) {
      this.#asked.cancel();
      return;
    }
    this.#asked.interrupt(playedMs).then(
      (told) => this.#view.cut(told),
      () => this.#asked.cancel(),
    );
  }
}

/** @param {import('../repartee.js').Speech[]} pieces */
function joined(pieces) {
  const all = new Float32Array(pieces.reduce((sum, { samples }) => sum + samples.length, 0));
  let at = 0;
  for (const { samples } of pieces) {
    all.set(samples, at);
    at += samples.length;
  }
  return all;
}

/** Names a turn before the server does; pages without https have no `randomUUID`. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
