/** Where clips come from: the microphone, a choice of files, or files dropped anywhere. */

import { byId } from '../talk/dom.js';
import { say } from '../talk/words.js';
import { recorder } from './recorder.js';

/**
 * @param {(files: File[]) => Promise<string>} bring Takes files, and says what became of them.
 * @param {() => number} longest How long a clip may be, in seconds.
 */
export function intake(bring, longest) {
  const told = byId('intake-told');
  const tell = (/** @type {string} */ text) => (told.textContent = text);
  const take = async (/** @type {FileList|File[]|undefined} */ files) => {
    if (files?.length) tell(await bring([...files]));
  };
  recorder((clip) => take([clip]), tell, longest);
  const chooser = byId('files');
  byId('choose').addEventListener('click', () => chooser.click());
  chooser.addEventListener('change', async () => {
    await take(chooser.files);
    chooser.value = '';
  });
  drops(take);
}

/** @param {(files: FileList|undefined) => void} take */
function drops(take) {
  const { body } = document;
  body.dataset.drop = say('drop');
  document.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    body.classList.add('dropping');
  });
  document.addEventListener('dragleave', (event) => {
    if (!event.relatedTarget) body.classList.remove('dropping');
  });
  document.addEventListener('drop', (event) => {
    event.preventDefault();
    body.classList.remove('dropping');
    take(event.dataTransfer?.files);
  });
}
