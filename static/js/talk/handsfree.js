/** Listening by itself: hears when someone begins to speak, and when they have ended. */

import { LEVEL_EVERY_MS } from '../common/microphone.js';
import { Pauses } from './pauses.js';

/** While nobody speaks, the recording begins anew this often, so that clips do not begin with
 * minutes of silence. */
const RENEW_MS = 5000;
/** How much of the time before the first sound belongs to what is said. */
const BEFORE_MS = 700;
/** While the answer sounds, what is left of its echo is not speech. */
const OVER_ECHO = 3;

/** An ear that stays open. */
export class Ear {
  /** @type {import('../common/microphone.js').Recording} */
  #recording;
  /** @type {import('../common/microphone.js').Recording|null} */
  #next = null;
  #pauses;
  #timer;
  #began = 0;
  #listens = false;

  /**
   * @param {import('../common/microphone.js').Microphone} microphone
   * @param {{pauseMs: number, limitSeconds: number, began: () => void,
   *   ended: (recording: import('../common/microphone.js').Recording, levels: number[]) => void}} hands
   */
  constructor(microphone, { pauseMs, limitSeconds, began, ended }) {
    this.microphone = microphone;
    this.began = began;
    this.ended = ended;
    this.limitSeconds = limitSeconds;
    this.#pauses = new Pauses(pauseMs);
    this.#recording = microphone.record();
    this.#timer = setInterval(() => this.#hear(), LEVEL_EVERY_MS);
  }

  /** Whether someone is speaking just now. */
  get speaking() {
    return this.#pauses.speaking;
  }

  /** Listens. @param {{overEcho?: boolean}} [how] `overEcho`: while the answer sounds. */
  listen({ overEcho = false } = {}) {
    this.#listens = true;
    this.#pauses.louder = overEcho ? OVER_ECHO : 1;
  }

  /** Takes no notice, until it listens again. */
  rest() {
    this.#listens = false;
  }

  /** Ends what is being said now, as a pause would. */
  cut() {
    const { levels } = this.#recording;
    const since = performance.now() - this.#began + BEFORE_MS;
    const recording = this.#recording;
    this.#next?.discard();
    this.#next = null;
    this.#recording = this.microphone.record();
    this.#pauses = new Pauses(this.#pauses.pauseMs, { louder: this.#pauses.louder });
    this.ended(recording, levels.slice(-Math.ceil(since / LEVEL_EVERY_MS)));
  }

  close() {
    clearInterval(this.#timer);
    this.#next?.discard();
    this.#recording.discard();
    this.microphone.close();
  }

  #hear() {
    const now = performance.now();
    if (!this.#listens) {
      if (!this.#pauses.speaking) this.#renew();
      return;
    }
    const heard = this.#pauses.hear(this.microphone.level, now);
    if (heard === 'speech') {
      this.#began = now;
      this.#next?.discard();
      this.#next = null;
      this.began();
    }
    const tooLong = this.#pauses.speaking && this.#recording.seconds > this.limitSeconds - 0.5;
    if (heard === 'pause' || tooLong) this.cut();
    else if (!this.#pauses.speaking) this.#renew();
  }

  /** Begins anew beside the old, so that no first syllable is lost in between. */
  #renew() {
    if (!this.#next && this.#recording.seconds * 1000 > RENEW_MS) {
      this.#next = this.microphone.record();
    }
    if (this.#next && this.#next.seconds * 1000 > BEFORE_MS) {
      this.#recording.discard();
      this.#recording = this.#next;
      this.#next = null;
    }
  }
}
