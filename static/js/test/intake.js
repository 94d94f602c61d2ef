/** Where clips come from: the microphone, a choice of files, or files dropped anywhere. */

import { byId } from '../common/dom.js';
import { files } from '../common/files.js';
import { logIn } from '../common/log-in.js';
import { say } from '../common/words.js';
import { recorder } from './recorder.js';

/**
 * @param {(files: File[], how?: {recorded: boolean}) => Promise<string>} bring Takes files, and says what
 *   became of them.
 * @param {() => number} longest How long a clip may be, in seconds.
 */
export function intake(bring, longest) {
  const told = byId('intake-told');
  const tell = (/** @type {string} */ text) => (told.textContent = text);
  recorder(async (clip) => tell(await bring([clip], { recorded: true })), tell, longest);
  files(byId('choose'), byId('files'), async (chosen) => tell(await bring(chosen)));
  return {
    /** Says that the server does not know who asks, and how that is changed. */
    stranger: () => told.replaceChildren(say('trouble_unauthenticated'), ' ', logIn()),
  };
}
