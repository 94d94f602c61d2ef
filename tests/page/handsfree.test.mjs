/** Hands-free: the page listens, answers, and listens again. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { Pauses } from '../../static/js/talk/pauses.js';
import { Server, alike, browser, visit } from './house.mjs';

let server;

before(async () => {
  server = await Server.start();
});

after(async () => {
  await server?.close();
});

test('three turns are taken without a hand, and the microphone closes at the end', async (context) => {
  // A question, then quiet in which the answer sounds, over and over.
  const chrome = await browser({
    microphone: await server.microphone([0.7, 'What time is it?', 6.5]),
  });
  context.after(() => chrome.close());
  const visitor = await visit(chrome, server.url);
  await visitor.watch();

  await visitor.page.click('#hands-free');
  await visitor.state('waiting');
  assert.equal(await visitor.text('.state'), 'Speak when you like · tap to pause');
  for (let turns = 1; turns <= 3; turns += 1) {
    await visitor.state('listening');
    await visitor.state('speaking');
    assert.equal(await visitor.text('#state'), 'Speaking');
    await visitor.state('waiting');
    assert.equal(await visitor.page.locator('.reply:not([hidden])').count(), turns);
  }
  const said = await visitor.page.locator('.said').allInnerTexts();
  assert.ok(said.every((one) => alike(one, 'What time is it?') > 0.5), said.join());
  await visitor.page.keyboard.press('Escape');
  await visitor.state('idle');
  await visitor.closed();
  assert.equal(await visitor.text('#state'), 'Tap to start listening');
  const turns = await visitor.turns(3);
  assert.ok(turns.every(({ status }) => status === 'finished'));
  await visitor.close();
});

test('a room that is loud ends no clip late, and begins none twice', () => {
  const pauses = new Pauses(1200);
  let now = 0;
  /** What is noticed while it is so loud for so long. */
  const noticed = (seconds, level) => {
    const heard = [];
    for (const end = now + 1000 * seconds; now < end; now += 50) {
      // A fan is never quite even.
      heard.push(pauses.hear(level * (0.9 + 0.2 * Math.abs(Math.sin(now))), now));
    }
    return heard.filter(Boolean);
  };

  noticed(8, 0.015);
  assert.equal(pauses.speaking, false, 'the fan goes on speaking');
  assert.deepEqual(noticed(10, 0.015), []);
  assert.deepEqual(noticed(1.5, 0.15), ['speech']);
  assert.deepEqual(noticed(3, 0.015), ['pause']);
  noticed(3, 0.0005);
  assert.deepEqual(noticed(1.5, 0.03), ['speech']);
});

test('whoever speaks while it speaks interrupts it, and is heard from the first word', async (context) => {
  const chrome = await browser({
    microphone: await server.microphone([0.7, 'Tell me something interesting.', 3.4, 'What time is it?', 60]),
  });
  context.after(() => chrome.close());
  const visitor = await visit(chrome, server.url);

  await visitor.page.click('#hands-free');
  await visitor.state('speaking');
  await visitor.state('listening');
  await visitor.state('speaking');
  await visitor.state('waiting');

  const said = await visitor.page.locator('.said').allInnerTexts();
  assert.ok(alike(said[0], 'Tell me something interesting.') > 0.5, said[0]);
  assert.ok(alike(said[1], 'What time is it?') > 0.5 && /what/i.test(said[1]), said[1]);
  assert.equal(said.length, 2);
  const [second, first] = await visitor.turns(2);
  assert.deepEqual([first.status, second.status], ['interrupted', 'finished']);
  await visitor.close();
});

test('hands-free that is chosen while it speaks begins when it has ended', async (context) => {
  const chrome = await browser({ microphone: await server.microphone([60]) });
  context.after(() => chrome.close());
  const visitor = await visit(chrome, server.url);
  await visitor.watch();
  await visitor.type('What are your opening hours?');
  await visitor.state('speaking');

  await visitor.page.click('#hands-free');
  assert.equal(await visitor.page.evaluate(() => window.tracks.length), 0);

  await visitor.state('waiting');
  const [{ status }] = await visitor.turns();
  assert.equal(status, 'finished');
  await visitor.close();
});
