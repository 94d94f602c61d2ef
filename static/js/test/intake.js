/** Where clips come from: the microphone, a choice of files, or files dropped anywhere. */

import { byId } from '../common/dom.js';
import { files } from '../common/files.js';
import { recorder } from './recorder.js';

/**
 * @param {(files: File[]) => Promise<string>} bring Takes files, and says what became of them.
 * @param {() => number} longest How long a clip may be, in seconds.
 */
export function intake(bring, longest) {
  const told = byId('intake-told');
  const tell = (/** @type {string} */ text) => (told.textContent = text);
  const take = async (/** @type {File[]} */ clips) => tell(await bring(clips));
  recorder((clip) => take([clip]), tell, longest);
  files(byId('choose'), byId('files'), take);
}
