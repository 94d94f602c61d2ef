/** A turn as a line for a terminal. */

import { quoted } from '../common/shell.js';

/**
 * The call that takes this turn again.
 * @param {any} told The turn, as the server tells it.
 * @param {boolean} spoken Whether it was said, and not typed.
 */
export function asCurl(told, spoken) {
  const fields = [
    spoken ? '-F audio=@recording.webm' : `--form-string ${quoted(`text=${told.transcript ?? ''}`)}`,
    told.voice ? `-F ${quoted(`voice=${told.voice}`)}` : '',
  ];
  return ['curl', ...fields.filter(Boolean), quoted(`${location.origin}/voice-chat`), '-o answer.mp3'].join(' ');
}
