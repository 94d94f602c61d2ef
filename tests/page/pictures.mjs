/**
 * Takes a picture of every state of the page, light, dark and on a phone:
 *
 *     REPARTEE_TEST_PROGRAM=target/debug/repartee node tests/page/pictures.mjs FOLDER
 */

import { join } from 'node:path';

import { Server, browser, visit } from './house.mjs';

const folder = process.argv[2];
const server = await Server.start();
const microphone = await server.microphone([0.5, 'What can you do?', 60]);
const chrome = await browser({ microphone });
const quiet = await browser({ microphone: await server.microphone([60]) });
const deaf = await browser();

const LOOKS = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: {
    viewport: { width: 360, height: 740 },
    deviceScaleFactor: 2,
    hasTouch: true,
    isMobile: true,
  },
};

/** Each state, and how one comes to it. */
const STATES = {
  idle: async () => {},
  asking: async (visitor) => {
    await visitor.page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => new Promise(() => {});
    });
    await visitor.press();
    await visitor.state('asking');
  },
  listening: async (visitor) => {
    await visitor.press();
    await visitor.state('listening');
    await visitor.passes(1);
  },
  held: async (visitor) => {
    const { x, y } = await visitor.page.locator('#talk').boundingBox();
    await visitor.page.mouse.move(x + 40, y + 40);
    await visitor.page.mouse.down();
    await visitor.state('held');
    await visitor.passes(1);
  },
  waiting: async (visitor) => {
    await visitor.page.click('#hands-free');
    await visitor.state('waiting');
  },
  hearing: async (visitor) => {
    await visitor.page.route('**/voice-chat*', () => {});
    await visitor.say(2);
    await visitor.state('hearing');
  },
  thinking: async (visitor) => {
    await visitor.page.route('**/voice-chat*', () => {});
    await visitor.type('What can you do?');
    await visitor.state('thinking');
  },
  speaking: async (visitor) => {
    await visitor.say(2);
    await visitor.state('speaking');
    await visitor.until(() => window.sounded.samples.length > 60);
  },
  interrupted: async (visitor) => {
    await visitor.say(2);
    await visitor.state('speaking');
    await visitor.until(() => window.sounded.samples.length > 16);
    await visitor.press();
    await visitor.until(() => document.querySelector('.unheard'));
  },
  details: async (visitor) => {
    await STATES.interrupted(visitor);
    await visitor.page.click('.it .more');
  },
  muted: async (visitor) => {
    await visitor.page.evaluate(() => {
      Object.defineProperty(AudioContext.prototype, 'state', { get: () => 'suspended' });
      AudioContext.prototype.resume = () => Promise.reject(new Error('a tap is wanted'));
    });
    await visitor.type('What can you do?');
    await visitor.state('muted');
  },
  replayed: async (visitor) => {
    await STATES.interrupted(visitor);
    await visitor.page.locator('.it .seek input').fill('8');
    await visitor.page.waitForSelector('.now');
  },
  unsent: async (visitor) => {
    await visitor.page.route('**/voice-chat*', (route) =>
      route.fulfill({
        contentType: 'text/event-stream',
        body: 'event: started\ndata: {"turn_id":"a","conversation_id":"b","seq":0}\n\n',
      }));
    await visitor.say(2);
    await visitor.page.waitForSelector('.trouble');
  },
  offline: async (visitor) => {
    await visitor.page.context().setOffline(true);
    await visitor.state('offline');
  },
  conversations: async (visitor) => {
    await STATES.speaking(visitor);
    await visitor.page.keyboard.press('Escape');
    await visitor.page.waitForSelector('.conversations li', { state: 'attached' });
    if (await visitor.page.isVisible('#open-rail')) await visitor.page.click('#open-rail');
    await visitor.page.locator('.conversations li button').first().click();
  },
  settings: async (visitor) => {
    await visitor.page.click('#open-settings');
  },
  engines: async (visitor) => {
    await visitor.page.click('#open-engines');
  },
};

for (const [look, options] of Object.entries(LOOKS).filter(([look]) => !process.argv[3] || look === process.argv[3])) {
  const take = async (name, browser, act) => {
    const visitor = await visit(browser, server.url, options);
    await visitor.until(() => document.getElementById('open-engines').hasAttribute('data-known'));
    await act(visitor);
    // What settles has settled.
    await visitor.until(() => document.getAnimations().every((one) => one.playState !== 'running'));
    await visitor.page.screenshot({ path: join(folder, `${look}-${name}.png`) });
    await visitor.page.context().close();
  };
  for (const [name, act] of Object.entries(STATES)) await take(name, chrome, act);
  await take('blocked', deaf, async (visitor) => {
    await visitor.press();
    await visitor.state('blocked');
  });
  await take('no-speech', quiet, async (visitor) => {
    await visitor.say(1);
    await visitor.page.waitForSelector('.trouble');
  });
}
for (const one of [chrome, quiet, deaf]) await one.close();
await server.close();
