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
