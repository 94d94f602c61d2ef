/** What a press on the button means, in each state. */

import { current as settings } from '../common/settings.js';
import { say } from '../common/words.js';

export class Presses {
  #talk;
  #dock;
  /** The press that goes on: in which state it began, and whether it is one to listen to. */
  #press = { state: 'idle', listens: false };

  /** @param {import('./talk.js').Talk} talk @param {import('./dock.js').Dock} dock */
  constructor(talk, dock) {
    this.#talk = talk;
    this.#dock = dock;
  }

  /** The button went down. */
  down() {
    this.#talk.wake();
    const { state } = this.#dock;
    const listens = state === 'idle' && !settings().handsFree;
    this.#press = { state, listens };
    if (listens) this.#talk.listen();
  }

  /** It came up again at once. */
  tap() {
    this.#talk.wake();
    switch (this.#press.state) {
      case 'idle':
        if (settings().handsFree) this.#talk.listenByItself();
        break;
      case 'listening':
      case 'held':
        this.#talk.send();
        break;
      case 'waiting':
        this.#talk.endHandsFree();
        break;
      case 'asking':
      case 'hearing':
      case 'thinking':
      case 'speaking':
        this.#talk.stop();
        break;
      case 'unsent':
        this.#talk.retry();
        break;
      case 'blocked':
        if (settings().handsFree) this.#talk.listenByItself();
        else this.#talk.listen();
        break;
      case 'offline':
        this.#talk.lookForServer();
        break;
    }
  }

  /** It is being held. */
  held() {
    if (this.#press.state === 'speaking' && !this.#talk.byItself) {
      this.#press.listens = true;
      this.#talk.listen();
    }
    if (this.#press.listens) this.#talk.hold();
  }

  /** It was held, but too short to say anything. */
  short() {
    this.#let(say('too_short'));
  }

  /** It was held and let go. */
  up() {
    if (this.#press.listens && this.#talk.listens) this.#talk.send();
    else this.#let();
  }

  /** It was let go before anything was said. @param {string} [why] */
  #let(why) {
    const { listens, state } = this.#press;
    if (!listens) this.tap();
    // While the browser asks, nobody can go on holding: that was a tap.
    else if (this.#talk.asksToListen) this.#talk.hold(false);
    else {
      this.#talk.stop();
      if (why && state === 'idle') this.#dock.show('idle', { aside: why });
    }
  }

  /** The finger slid away, or came back. @param {boolean} away */
  slide(away) {
    if (this.#dock.state === 'held') this.#dock.reword(say(away ? 'discard' : 'held'));
  }

  /** It was let go somewhere else. */
  discard() {
    if (this.#press.listens) this.#talk.stop();
  }

  /** Away with it, whatever it is. */
  escape() {
    const byItself = this.#talk.byItself && ['waiting', 'listening'].includes(this.#dock.state);
    if (byItself) this.#talk.endHandsFree();
    else this.#talk.stop();
  }

  /** Pressed and let go. */
  press() {
    this.down();
    this.tap();
  }
}
