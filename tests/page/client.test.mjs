/** The client for other pages, as the docs show it. */

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { after, before, test } from 'node:test';

import { Server, browser, visit } from './house.mjs';

let server;
let chrome;
let elsewhere;

before(async () => {
  elsewhere = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => elsewhere.once('listening', resolve));
  const { port } = elsewhere.address();
  elsewhere.url = `http://127.0.0.1:${port}`;
  server = await Server.start({ CORS_ORIGINS: elsewhere.url });
  chrome = await browser({ microphone: await server.microphone([60]) });
});

after(async () => {
  await chrome?.close();
  elsewhere?.close();
  await server?.close();
});

test('the page that the docs show answers aloud, from another origin', async () => {
  const docs = await visit(chrome, `${server.url}/docs`);
  const sample = await docs.page.locator('#client-sample').innerText();
  await docs.close();
  elsewhere.on('request', (_, answer) => {
    answer.setHeader('Content-Type', 'text/html; charset=utf-8');
    answer.end(`<link rel="icon" href="data:,"><!doctype html>${sample}`);
  });

  const visitor = await visit(chrome, elsewhere.url);
  await visitor.page.click('#ask');
  await visitor.page.waitForSelector('text=✓');

  assert.match(await visitor.text('#answer'), /^It's .* ✓$/);
  const { rate, samples } = await visitor.sounded();
  assert.ok(samples.length / rate > 1, 'nothing was heard');
  await visitor.close();
});

test('a turn by script tells all that happens, in order, and can be interrupted', async () => {
  const visitor = await visit(chrome, server.url);

  const told = await visitor.page.evaluate(async () => {
    const { turn, hear, Problem } = await import('/static/js/repartee.js');
    const names = [];
    const asked = turn('What can you do?', { conversation: 'new', memory: true });
    asked.on('event', ({ name, seq }) => names.push([seq, name]));
    const speeches = [];
    asked.on('speech', (speech) => speeches.push(speech));
    const finished = await asked.finished;
    const cut = await asked.interrupt(100);
    const refused = await turn('Hello.', { voice: 'nobody' }).finished.catch((problem) => problem);
    const left = turn('What can you do?');
    left.cancel();
    const cancelled = await left.finished.catch((problem) => problem);
    const heard = await hear(new Blob([new Uint8Array(4)])).catch((problem) => problem);
    return {
      names,
      reply: asked.reply,
      finished,
      cut,
      milliseconds: speeches.reduce((sum, { samples, rate }) => sum + (1000 * samples.length) / rate, 0),
      refused: [refused instanceof Problem, refused.code, refused.status],
      cancelled: cancelled.code,
      heard: heard.code,
    };
  });

  const names = told.names.map(([, name]) => name);
  assert.deepEqual(told.names.map(([seq]) => seq), names.map((_, at) => at));
  assert.deepEqual([...new Set(names)], ['started', 'heard', 'reply', 'speech', 'finished']);
  assert.equal(told.reply, told.finished.reply);
  assert.ok(Math.abs(told.milliseconds - told.finished.audio.duration_ms) < 5);
  assert.equal(told.cut.status, 'interrupted');
  assert.deepEqual(told.refused, [true, 'unknown_voice', 400]);
  assert.equal(told.cancelled, 'cancelled');
  assert.equal(told.heard, 'unsupported_audio');
  visitor.allowed.push(/status of 4\d\d/);
  await visitor.close();
});
