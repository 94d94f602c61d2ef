/** A request as a line for a terminal. */

import { quoted } from '../common/shell.js';
import { fileName } from '../repartee.js';
import { fieldsOf } from './exchange.js';

/** What an answer is kept as. @type {Record<string, string>} */
const FILES = { mp3: 'answer.mp3', wav: 'answer.wav', ogg: 'answer.ogg', pcm: 'answer.pcm' };

/**
 * @param {import('./exchange.js').Rendering} rendering
 * @param {import('./exchange.js').Asked} asked
 */
export function curlLine(rendering, asked) {
  const { input } = asked;
  const fields = fieldsOf(rendering, asked).map(
    ([name, value]) => `--form-string ${quoted(`${name}=${value}`)}`,
  );
  const clip = typeof input === 'string' ? [] : [`-F ${quoted(`audio=@"${fileName(input).replace(/[\\"]/g, '\\$&')}"`)}`];
  const way = {
    stream: ['-N', '|', 'ffplay -nodisp -autoexit -loglevel error -'],
    events: ['-N'],
    json: [],
  }[rendering.name] ?? ['-D -', `-o ${FILES[rendering.name]}`];
  const [first, ...rest] = way;
  const address = quoted(`${location.origin}/voice-chat${rendering.query}`);
  return ['curl', ...(first ? [first] : []), ...clip, ...fields, address, ...rest].join(' ');
}
