/** Plays answers again: here the browser keeps the pitch, however fast it plays. */

import { isThere, soundOf } from '../common/server.js';

export class Replay {
  #sound = new Audio();
  /** @type {import('./turn-view.js').TurnView|null} */
  #view = null;
  #connected = false;
  #address = '';
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
   * Plays it, goes on with it, or pauses it. Says whether it sounds now.
   * @param {import('./turn-view.js').TurnView} view @param {import('../repartee.js').Player} player
   * @param {() => void} ended
   */
  async toggle(view, player, ended) {
    if (this.#view === view && !this.#sound.paused) {
      this.#sound.pause();
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
    view.sounds(true);
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
    this.#view.sounds(false);
    this.#view = null;
    if (this.#address.startsWith('blob:')) URL.revokeObjectURL(this.#address);
  }
}
