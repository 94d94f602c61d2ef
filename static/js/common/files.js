/** Files that are chosen, or dropped anywhere on the page. */

import { say } from './words.js';

/**
 * @param {HTMLElement} button @param {any} chooser The input that it opens.
 * @param {(files: File[]) => void} take
 */
export function files(button, chooser, take) {
  button.addEventListener('click', () => chooser.click());
  chooser.addEventListener('change', () => {
    const chosen = [...chooser.files];
    chooser.value = '';
    if (chosen.length) take(chosen);
  });
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
    // Words may be dropped where one writes.
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    body.classList.remove('dropping');
    const dropped = [...event.dataTransfer.files];
    if (dropped.length) take(dropped);
  });
}
