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

/**
 * @typedef {object} Hands
 * @property {() => void} began Someone speaks.
 * @property {(clip: Promise<Blob>, levels: number[], seconds: number) => void} ended What they said.
 */

/** An ear that stays open: while it rests, it hears nothing and nothing is recorded. */
export class Ear {
  /** @type {import('../common/microphone.js').Recording|null} */
  #recording = null;
  /** @type {import('../common/microphone.js').Recording|null} */
  #next = null;
  #pauses;
  #timer;
  /** When someone began to speak. */
  #since = 0;

  /**
   * @param {import('../common/microphone.js').Microphone} microphone
   * @param {{pauseMs: number, limitSeconds: number}} how @param {Hands} hands
   */
  constructor(microphone, { pauseMs, limitSeconds }, hands) {
    this.microphone = microphone;
    this.limitSeconds = limitSeconds;
    this.hands = hands;
    this.#pauses = new Pauses(pauseMs);
    this.#timer = setInterval(() => this.#hear(), LEVEL_EVERY_MS);
  }

  /** Whether it hears. */
  get listens() {
    return this.#recording !== null;
  }

  /** Whether someone is speaking just now. */
  get speaking() {
    return this.#pauses.speaking;
  }

  /** Listens. @param {{overEcho?: boolean}} [how] `overEcho`: while the answer sounds. */
  listen({ overEcho = false } = {}) {
    this.#pauses.louder = overEcho ? OVER_ECHO : 1;
    if (this.#recording) return;
    this.#anew(this.#pauses.louder);
    this.microphone.hears = true;
    this.#recording = this.microphone.record();
  }

  /** Hears nothing, until it listens again. */
  rest() {
    this.#next?.discard();
    this.#next = null;
    this.#recording?.discard();
    this.#recording = null;
    this.#anew();
    this.microphone.hears = false;
  }

  /** Nobody has said anything yet; the room is as loud as before. @param {number} [louder] */
  #anew(louder) {
    const { pauseMs, floor } = this.#pauses;
    this.#pauses = new Pauses(pauseMs, { louder, floor });
  }

  /** Ends what is being said now, as a pause would, and rests. */
  cut() {
    const recording = this.#recording;
    if (!recording) return;
    const seconds = (performance.now() - this.#since + BEFORE_MS) / 1000;
    const levels = recording.levels.slice(-Math.ceil((1000 * seconds) / LEVEL_EVERY_MS));
    const clip = recording.stop();
    this.#recording = null;
    this.rest();
    this.hands.ended(clip, levels, Math.min(seconds, recording.seconds));
  }

  close() {
    clearInterval(this.#timer);
    this.rest();
    this.microphone.close();
  }

  #hear() {
    if (!this.#recording) return;
    const now = performance.now();
    const heard = this.#pauses.hear(this.microphone.level, now);
    if (heard === 'speech') {
      this.#since = now;
      this.#next?.discard();
      this.#next = null;
      this.hands.began();
    }
    const tooLong = this.speaking && this.#recording.seconds > this.limitSeconds - 0.5;
    if (heard === 'pause' || tooLong) this.cut();
    else if (!this.speaking) this.#renew(this.#recording);
  }

  /** Begins anew beside the old, so that no first syllable is lost in between. */
  #renew(/** @type {import('../common/microphone.js').Recording} */ recording) {
    if (!this.#next && recording.seconds * 1000 > RENEW_MS) this.#next = this.microphone.record();
    if (this.#next && this.#next.seconds * 1000 > BEFORE_MS) {
      recording.discard();
      this.#recording = this.#next;
      this.#next = null;
    }
  }
}

/** The screen stays on while someone is listened to without a hand. */
export class Screen {
  #wanted = false;
  /** @type {WakeLockSentinel|null} */
  #lock = null;

  constructor() {
    // A page that is hidden loses its lock.
    document.addEventListener('visibilitychange', () => this.stayOn(this.#wanted));
  }

  /** @param {boolean} wanted */
  async stayOn(wanted) {
    this.#wanted = wanted;
    if (wanted && !this.#lock && document.visibilityState === 'visible') {
      this.#lock = (await navigator.wakeLock?.request('screen').catch(() => null)) ?? null;
      this.#lock?.addEventListener('release', () => (this.#lock = null));
    }
    if (!this.#wanted) this.#lock?.release();
  }
}
