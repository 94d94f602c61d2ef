/** A turn while it is taken: what comes of it goes to the stage, its sound to the player. */

import { levelsOf } from '../common/trace.js';
import { wav } from '../common/wav.js';
import { Problem, turn } from '../repartee.js';
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
 * @property {(conversation: string|null) => void} heard
 * @property {(told: any) => void} finished
 * @property {(problem: import('../repartee.js').Problem) => void} failed
 */

export class Taking {
  /** Whether it was interrupted or cancelled from here. */
  left = false;
  /** Whether its conversation begins with it. */
  begins = false;
  #asked;
  #heard = false;
  #view;
  #player;
  #sounds;
  /** @type {import('../repartee.js').Speech[]} */
  #pieces = [];
  #announcer = new Announcer();
  /** @type {string|null} */
  #language = null;

  /**
   * @param {import('./unsent.js').Asking} asking
   * @param {import('../repartee.js').Player} player @param {Hands} hands
   */
  constructor(asking, player, hands) {
    const { said, key, conversation, options, view } = asking;
    this.asking = asking;
    this.#view = view;
    this.#player = player;
    const began = performance.now();
    this.#asked = turn(said.clip ?? said.words ?? '', {
      ...options,
      conversation: conversation ?? 'new',
      idempotencyKey: key,
    });
    player.play(this.#asked);
    this.#sounds = () => {
      this.#sounded();
      view.sounded(performance.now() - began);
    };
    player.on('sound', this.#sounds);
    this.#asked
      .on('heard', ({ transcript, language }) => {
        this.#heard = true;
        view.heard(transcript, language);
        if (said.clip) this.#announcer.heard(transcript, language);
        this.#language = language;
        view.turn = this.#asked.id;
        hands.heard(this.#asked.conversation);
      })
      .on('reply', ({ delta }) => {
        view.write(delta);
        this.#announce(this.#asked.reply, false);
      })
      .on('speech', (piece) => {
        this.#pieces.push(piece);
        view.place(piece);
      })
      .on('finished', (told) => {
        this.#finish(told);
        hands.finished(told);
      })
      .on('failed', (problem) => {
        this.#sounded();
        hands.failed(problem);
      });
  }

  /** The first sound is no longer waited for. */
  #sounded() {
    this.#player.off('sound', this.#sounds);
  }

  /** The server is away: nothing more will come. */
  breakOff() {
    this.#asked.cancel(new Problem({ code: 'unreachable', title: 'The server was not reached' }));
  }

  /** Whether anything of the answer is there. */
  get answers() {
    return this.#asked.reply !== '';
  }

  /** Tells those who do not see it, unless they have gone elsewhere. @param {string} reply @param {boolean} whole */
  #announce(reply, whole) {
    if (this.#view.item.isConnected) this.#announcer.announce(reply, whole, this.#language);
  }

  /** @param {any} told */
  #finish(told) {
    this.#announce(told.reply ?? '', true);
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
   * Ends it: what was heard of it is remembered, and no more. Done when the server knows.
   * @param {number} playedMs @param {boolean} sounding Whether it was still to be heard.
   */
  async leave(playedMs, sounding) {
    this.#sounded();
    this.#view.unmark();
    if (!sounding && this.#view.told) return;
    this.left = true;
    // Of what was heard something is remembered; of what was not, nothing comes to be.
    if (!this.#heard) {
      this.#asked.cancel();
      return;
    }
    try {
      this.#view.cut(await this.#asked.interrupt(playedMs));
    } catch {
      this.#asked.cancel();
    }
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
