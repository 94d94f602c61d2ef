/**
 * Measures how much later than the server sends it the first sound is heard in a browser, from
 * the press that ends a recording. The engines are played, with their delays:
 *
 *     repartee-provider --reply 'The sea is deep.' &
 *     OPENAI_BASE_URL=http://127.0.0.1:8089/v1 node tests/page/first-sound.mjs [TURNS]
 */

import { Server, browser, visit } from './house.mjs';

const turns = Number(process.argv[2] ?? 20);
const server = await Server.start({
  OPENAI_BASE_URL: process.env.OPENAI_BASE_URL,
  OPENAI_API_KEY: 'any',
  DAILY_BUDGET_USD: 'unlimited',
  OWNER_BUDGET_USD: 'unlimited',
});
// The engines are played: whoever speaks must only sound like a voice.
const embedded = await Server.start();
const chrome = await browser({ microphone: await embedded.microphone([0.3, 'What time is it?', 60]) });
const visitor = await visit(chrome, server.url);
const { page } = visitor;
await page.evaluate(() => {
  window.pressed = 0;
  document.getElementById('talk').addEventListener('pointerdown', () => (window.pressed = performance.now()), true);
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (when) {
    // Sound that is put at `when` is heard when the context's clock comes to it.
    window.heard ??= performance.now() + 1000 * Math.max(0, when - this.context.currentTime);
    return start.call(this, when);
  };
});

const figures = [];
for (let turn = 0; turn < turns; turn += 1) {
  await page.evaluate(() => (window.heard = undefined));
  await visitor.say(1);
  await visitor.answered();
  const seen = await page.evaluate(() => window.heard - window.pressed);
  await visitor.until((count) => document.querySelectorAll('.facts').length === count, turn + 1);
  const [told] = await visitor.turns();
  figures.push({ seen, sent: told.timings_ms.first_sound, above: seen - told.timings_ms.first_sound });
}
const middle = (name) => figures.map((one) => one[name]).sort((a, b) => a - b)[Math.floor(turns / 2)];
const most = Math.max(...figures.map(({ above }) => above));
const round = (number) => number.toFixed(1);
console.log(
  `${turns} turns: heard after ${round(middle('seen'))} ms, sent after ${round(middle('sent'))} ms; ` +
    `above what was sent: median ${round(middle('above'))} ms, most ${round(most)} ms`,
);
await page.context().close();
await chrome.close();
await server.close();
await embedded.close();
