/** Plays answers again: here the browser keeps the pitch, however fast it plays. */

import { element } from '../common/dom.js';
import { isThere, soundOf } from '../common/server.js';
import { TRACE, trace } from '../common/trace.js';
import { inSeconds, say } from '../common/words.js';

/** How often it is looked how far it has come. */
const LOOKS_MS = 80;

/** An answer's sound as a picture, which is played from wherever one likes. */
export class Track {
  /** @param {number[]} levels @param {number} seconds @param {(share: number) => void} seek */
  constructor(levels, seconds, seek) {
    this.seconds = seconds;
    this.picture = trace(levels);
    this.place = element('input', {
      type: 'range',
      min: 0,
      max: TRACE,
      value: 0,
      'aria-label': say('place'),
      oninput: () => seek(Number(this.place.value) / TRACE),
    });
    this.item = element('span', { className: 'seek' }, this.picture, this.place);
    this.show(0);
  }

  /** How far it has been played. @param {number} seconds */
  show(seconds) {
    const share = seconds / Math.max(0.1, this.seconds);
    [...this.picture.children].forEach((bar, at) => bar.classList.toggle('past', at < share * TRACE));
    this.place.value = String(Math.round(share * TRACE));
    this.place.setAttribute('aria-valuetext', inSeconds(seconds));
  }
}

export class Replay {
  #sound = new Audio();
  /** @type {import('./turn-view.js').TurnView|null} */
  #view = null;
  #connected = false;
  #address = '';
  #clock = 0;
  /** How fast. */
  rate = 1;

  /** Whether anything sounds. */
  get sounds() {
    return this.#view !== null && !this.#sound.paused;
  }

  /** Whether it is this one that is played. @param {import('./turn-view.js').TurnView} view */
  of(view) {
    return this.#view === view;
  }

  /**
   * Plays it, goes on with it, or pauses it; with a `share` of it, plays it from there. Says
   * whether it sounds now.
   * @param {import('./turn-view.js').TurnView} view @param {import('../repartee.js').Player} player
   * @param {() => void} ended @param {number} [share]
   */
  async toggle(view, player, ended, share) {
    if (this.sounds && this.#view === view && share === undefined) {
      this.#sound.pause();
      clearInterval(this.#clock);
      view.sounds(false);
      return false;
    }
    if (this.#view !== view) {
      this.stop();
      this.#view = view;
      this.#address = view.sound ? URL.createObjectURL(view.sound) : soundOf(view.told.turn_id);
      this.#sound.src = this.#address;
    }
    if (!this.#connected) {
      // Through the player's meter, so that the line draws it.
      player.context.createMediaElementSource(this.#sound).connect(player.meter);
      this.#connected = true;
    }
    this.#sound.playbackRate = this.rate;
    this.#sound.onended = () => {
      if (!this.of(view)) return;
      this.stop();
      ended();
    };
    this.#sound.onerror = async () => {
      if (!this.of(view)) return;
      this.stop();
      ended();
      view.soundless(!(await isThere()));
    };
    if (share !== undefined) this.#sound.currentTime = share * view.seconds;
    view.sounds(true);
    const look = () => view.at(this.#sound.currentTime);
    look();
    clearInterval(this.#clock);
    this.#clock = window.setInterval(look, LOOKS_MS);
    try {
      await this.#sound.play();
      return true;
    } catch (error) {
      // What is wrong with the sound is told as its `error`; what was stopped before it began is
      // no fault.
      if (this.of(view) && /** @type {any} */ (error).name === 'NotAllowedError') this.stop();
      return false;
    }
  }

  /** Changes how fast, also while it sounds. @param {number} rate */
  at(rate) {
    this.rate = rate;
    this.#sound.playbackRate = rate;
  }

  stop() {
    if (!this.#view) return;
    this.#sound.pause();
    clearInterval(this.#clock);
    this.#view.at(0);
    this.#view.sounds(false);
    this.#view = null;
    if (this.#address.startsWith('blob:')) URL.revokeObjectURL(this.#address);
  }
}
