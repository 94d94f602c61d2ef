/** One clip at a time: the microphone is open for as long as someone is listened to. */

import { Microphone } from './microphone.js';

/**
 * @typedef {object} Clip What was said.
 * @property {Blob} clip
 * @property {number[]} levels
 * @property {number} seconds
 */

export class Recorder {
  /** @type {Microphone|null} */
  #microphone = null;
  /** @type {import('./microphone.js').Recording|null} */
  #recording = null;
  #limit = 0;
  /** Which opening is the latest: those before it come to nothing. */
  #opening = 0;
  #opens = false;

  /** How loud it is just now. */
  get level() {
    return this.#microphone?.level ?? 0;
  }

  /** When the clip began. */
  get began() {
    return this.#recording?.began;
  }

  /** How long the clip is by now. */
  get seconds() {
    return this.#recording?.seconds ?? 0;
  }

  /** How loud the clip was until now. */
  get levels() {
    return this.#recording?.levels ?? [];
  }

  /** Whether the microphone is about to open. */
  get opens() {
    return this.#opens;
  }

  /** Whether a clip is being recorded. */
  get records() {
    return this.#recording !== null;
  }

  /**
   * Opens the microphone and records. Says whether it does; not, if it was closed meanwhile.
   * @param {{device: string, limitSeconds: number, heard?: (level: number) => void,
   *   full: () => void, gone: () => void}} how `heard`: told how loud it is, again and again.
   */
  async open({ device, limitSeconds, heard, full, gone }) {
    const mine = (this.#opening += 1);
    this.#opens = true;
    const microphone = await Microphone.open(device).catch((error) => {
      if (mine === this.#opening) throw error;
    });
    if (mine !== this.#opening || !microphone) {
      microphone?.close();
      return false;
    }
    this.#opens = false;
    this.#microphone = microphone;
    try {
      this.#recording = microphone.record(heard);
    } catch (error) {
      this.discard();
      throw error;
    }
    // A little less, since containers end where packets do.
    this.#limit = window.setTimeout(full, 1000 * (limitSeconds - 0.3));
    microphone.whenGone(() => this.#microphone === microphone && gone());
    return true;
  }

  /** Ends the clip and closes the microphone. @returns {Promise<Clip|null>} */
  async finish() {
    const { recording, microphone } = this.#let();
    if (!recording) return null;
    const { seconds, levels } = recording;
    try {
      return { clip: await recording.stop(), levels, seconds };
    } finally {
      microphone?.close();
    }
  }

  /** Throws the clip away and closes the microphone. */
  discard() {
    const { recording, microphone } = this.#let();
    recording?.discard();
    microphone?.close();
  }

  #let() {
    this.#opening += 1;
    this.#opens = false;
    clearTimeout(this.#limit);
    const [recording, microphone] = [this.#recording, this.#microphone];
    this.#recording = null;
    this.#microphone = null;
    return { recording, microphone };
  }
}
