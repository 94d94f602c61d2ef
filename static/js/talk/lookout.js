/** Looks for a server that is away, until it is back. */

import { isThere } from '../common/server.js';

const AGAIN_MS = 3000;

export class Lookout {
  #timer = 0;

  /** @param {() => void} back */
  constructor(back) {
    this.back = back;
  }

  /** It is away. */
  begin() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.look(), AGAIN_MS);
  }

  /** Looks now. */
  async look() {
    clearTimeout(this.#timer);
    if (await isThere()) this.back();
    else this.begin();
  }
}
