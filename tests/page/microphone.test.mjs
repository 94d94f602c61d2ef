/** The microphone is open when the page says so, and never when it does not. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { alike, together, visit, wave } from './house.mjs';

const { server, chrome } = await together({ microphone: [0.3, 'What time is it?', 60] });

/** A visit on which every microphone that was opened is remembered. */
async function watched(options) {
  const visitor = await visit(chrome, server.url, options);
  await visitor.watch();
  return visitor;
}

const WAYS_AWAY = {
  'typing something': (visitor) => visitor.type('What can you do?'),
  'bringing a file': async (visitor) => {
    const buffer = wave(await server.spoken('What can you do?'), 16_000);
    await visitor.page.setInputFiles('#file', { name: 'a.wav', mimeType: 'audio/wav', buffer });
  },
  'going to another conversation': (visitor) => visitor.page.click('#begin'),
  'opening the settings': (visitor) => visitor.page.click('#open-settings'),
  'the cross beside the line': (visitor) => visitor.page.click('#shut'),
  'pressing Escape': (visitor) => visitor.page.keyboard.press('Escape'),
  'listening to an answer again': (visitor) => visitor.page.click('.it .player'),
};

for (const [way, go] of Object.entries(WAYS_AWAY)) {
  test(`${way} while one is listened to closes the microphone`, async () => {
    const visitor = await watched();
    await visitor.type('What can you do?');
    await visitor.enough();
    await visitor.press();
    await visitor.state('listening');

    await go(visitor);

    await visitor.closed();
    await visitor.state('idle', 'hearing', 'thinking', 'speaking');
    await visitor.page.keyboard.press('Escape');
    await visitor.close();
  });
}

test('a long press ends listening as a tap does', async () => {
  const visitor = await watched();
  await visitor.press();
  await visitor.state('listening');
  await visitor.passes(1);

  await visitor.page.locator('#talk').click({ delay: 700 });

  await visitor.enough();
  await visitor.closed();
  assert.ok(alike(await visitor.text('.said'), 'What time is it?') > 0.5);
  await visitor.close();
});

test('a press that is neither tap nor hold stops the answer and leaves nothing open', async () => {
  const visitor = await watched();
  await visitor.type('Tell me something interesting.');
  await visitor.state('speaking');

  await visitor.page.locator('#talk').click({ delay: 400 });

  await visitor.state('idle');
  await visitor.closed();
  await visitor.close();
});

test('whoever lets go before a slow microphone is open is not listened to', async () => {
  const visitor = await watched({ permissions: ['microphone'] });
  await visitor.page.evaluate(() => (window.delayMs = 2500));

  await visitor.page.locator('#talk').click({ delay: 600 });

  await visitor.state('idle');
  await visitor.closed();
  await visitor.state('idle');
  await visitor.close();
});

test('hands-free hears nothing while it hears out, thinks, or a sheet lies over it', async () => {
  const visitor = await watched();
  let go = () => {};
  await visitor.page.route('**/voice-chat*', async (route) => {
    await new Promise((resolve) => (go = resolve));
    await route.continue();
  });

  await visitor.page.click('#hands-free');
  await visitor.state('hearing');
  await visitor.until(() => window.tracks.every((one) => !one.enabled));
  go();
  await visitor.state('speaking');
  await visitor.until(() => window.tracks.every((one) => one.enabled && one.readyState === 'live'));
  await visitor.state('waiting');
  await visitor.page.click('#open-engines');
  await visitor.closed();
  await visitor.close();
});

test('the cross is there as long as the microphone is open, and only closes that', async () => {
  const visitor = await watched();
  const { page } = visitor;
  assert.ok(!(await page.isVisible('#shut')));
  await page.click('#hands-free');
  await visitor.state('speaking');
  assert.equal(await page.getAttribute('#shut', 'aria-label'), 'Close the microphone');

  await page.click('#shut');

  await visitor.closed();
  assert.ok(!(await page.isVisible('#shut')));
  assert.equal(await page.evaluate(() => document.activeElement.id), 'talk');
  await visitor.state('speaking');
  await visitor.state('idle');
  await visitor.close();
});
