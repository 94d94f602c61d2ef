/** Whether the browser lets the page listen, and what to do where it does not. */

import { byId, element } from '../common/dom.js';
import { NoMicrophone } from '../common/microphone.js';
import { say } from '../common/words.js';

export class Permission {
  /** Whether the microphone was allowed already: then nobody is asked. */
  granted = false;

  /** @param {() => void} changed It may be allowed now. */
  constructor(changed) {
    navigator.permissions?.query({ name: /** @type {any} */ ('microphone') }).then((permission) => {
      const look = () => {
        this.granted = permission.state === 'granted';
        if (permission.state !== 'denied') changed();
      };
      permission.onchange = look;
      look();
    }, () => {});
  }

  /** There is no microphone: says why, and lets one type. @param {any} error @param {import('./dock.js').Dock} dock */
  refused(error, dock) {
    const why = error instanceof NoMicrophone ? error.why : 'unable';
    const how = element('p', { className: 'note' }, say('trouble_insecure_how'));
    const words = say(`trouble_${why}`, { address: location.origin });
    const tell = () => dock.tell(words, ...(why === 'insecure' ? [how] : []));
    const link = element('button', { className: 'link', type: 'button', onclick: tell }, say('why'));
    dock.show('blocked', { aside: link });
    tell();
    document.body.classList.add('typing');
    byId('open-type').setAttribute('aria-expanded', 'true');
    byId('text').focus();
  }
}
