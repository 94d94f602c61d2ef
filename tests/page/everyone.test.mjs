/** For everyone: by keyboard, by screen reader, on a phone, in one's own language. */

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';

import { together, visit } from './house.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const { server, chrome } = await together({ microphone: [0.3, 'What time is it?', 60] });

/** What axe finds, in words. */
async function violations(visitor, where) {
  if (!(await visitor.page.evaluate(() => 'axe' in window))) {
    await visitor.page.addScriptTag({ path: AXE });
  }
  const found = await visitor.page.evaluate(() =>
    window.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
  return found.violations.map(({ id, nodes }) =>
    `${where}: ${id}: ${nodes.map(({ target, failureSummary }) => `${target} ${failureSummary}`).join('; ')}`);
}

for (const colorScheme of ['light', 'dark']) {
  test(`nothing on any page is wrong by WCAG 2.2 AA in the ${colorScheme}`, async () => {
    // axe is no part of the page, so the page's own policy would keep it out.
    const options = { colorScheme, bypassCSP: true, reducedMotion: 'reduce', allowed: [/422/] };
    const visitor = await visit(chrome, server.url, options);
    const { page } = visitor;
    const wrong = [];
    const look = async (where) => wrong.push(...(await violations(visitor, where)));

    await visitor.until(() => document.getElementById('pill').textContent.length > 3);
    await look('idle');
    await visitor.press();
    await visitor.state('listening');
    await look('listening');
    await visitor.passes(1);
    await visitor.press();
    await visitor.state('speaking');
    await look('speaking');
    await visitor.state('idle');
    await page.click('.it .more');
    await look('details');
    await page.click('.said .words');
    await look('correcting');
    await page.keyboard.press('Escape');
    await page.locator('.conversations li button').first().click();
    await look('menu');
    await page.keyboard.press('Escape');
    for (const sheet of ['settings', 'engines']) {
      await page.click(`#open-${sheet}`);
      await look(sheet);
      await page.keyboard.press('Escape');
    }
    await page.locator('.conversations li button').first().click();
    await page.click('[role=menuitem] >> text=Delete');
    await look('deleted');
    for (const path of ['/test', '/docs', '/login', '/problems/no-speech']) {
      await page.goto(server.url + path);
      await look(path);
    }
    assert.deepEqual(wrong, []);
    await visitor.close();
  });
}

test('the whole way can be gone by keyboard', async () => {
  const visitor = await visit(chrome, server.url);
  const { page } = visitor;
  /** Goes on with Tab to what has this name. */
  const to = async (name) => {
    for (let steps = 0; steps < 60; steps += 1) {
      await page.keyboard.press('Tab');
      const here = await page.evaluate(() => {
        const at = document.activeElement;
        if (at === document.body) return { name: '' };
        const ring = getComputedStyle(at).outlineStyle !== 'none';
        const label = at.getAttribute('aria-label') ?? at.textContent ?? '';
        return { name: `${label} ${at.id}`, ring };
      });
      if (here.name.includes(name)) {
        assert.ok(here.ring, `the focus on “${name}” cannot be seen`);
        return;
      }
    }
    assert.fail(`there is no way to “${name}”`);
  };

  await to('Skip to the microphone');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'talk');
  await page.keyboard.press('Enter');
  await visitor.state('listening');
  await visitor.passes(1);
  await page.keyboard.press('Enter');
  await visitor.state('speaking');
  await page.keyboard.press('Escape');
  await visitor.state('idle');
  await visitor.last.locator('.it .player').waitFor();
  await to('Play again');
  await page.keyboard.press('Enter');
  await visitor.state('speaking');
  await visitor.state('idle');
  await to('Details');
  await page.keyboard.press('Enter');
  await to('Copy as curl');
  await to('text');
  await page.keyboard.type('What can you do?');
  await page.keyboard.press('Enter');
  await visitor.enough();
  assert.equal(await page.locator('.turn').count(), 2);
  await to('More about');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await page.keyboard.type('By keyboard');
  await page.keyboard.press('Enter');
  await visitor.until(() => document.getElementById('title').textContent === 'By keyboard');
  await to('Settings');
  await page.keyboard.press('Enter');
  await visitor.until(() => document.getElementById('settings').open);
  await page.keyboard.press('Escape');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'open-settings');
  await to('More about');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Undo');
  await page.keyboard.press('Enter');
  await visitor.page.waitForSelector('.conversations a >> text=By keyboard');
  await visitor.close();
});

test('those who do not see the page are told a sentence at a time', async () => {
  const visitor = await visit(chrome, server.url);

  await visitor.type('What can you do?');
  await visitor.answered();

  const told = await visitor.page.locator('#announcer p').allInnerTexts();
  assert.equal(told.join(' ').replace(/\s+/g, ' ').trim(), await visitor.text('.reply'));
  assert.ok(told.length > 1, 'all of it was told at once');
  const live = await visitor.page.locator('#state').getAttribute('role');
  assert.equal(live, 'status');
  await visitor.close();
});

for (const [name, size] of [['phone', { width: 360, height: 740 }], ['smallest phone', { width: 320, height: 568 }]]) {
  test(`on a ${name} everything is within reach`, async () => {
    const options = { viewport: size, hasTouch: true, isMobile: true };
    const visitor = await visit(chrome, server.url, options);
    const { page } = visitor;
    const fits = async (where) => {
      const { wide, small } = await page.evaluate(() => {
        const shown = [...document.querySelectorAll('button, a[href], input, select, summary')]
          .filter((one) => one.checkVisibility() && !one.closest('.unseen'))
          .map((one) => ({ one, box: one.getBoundingClientRect() }))
          .filter(({ box }) => box.width > 1);
        return {
          wide: document.scrollingElement.scrollWidth > screen.width,
          small: shown
            .filter(({ one, box }) => Math.min(box.width, box.height) < 44 && !one.matches('.words, .skip, [type=radio], [type=checkbox], .note a'))
            .map(({ one, box }) => `${one.id || one.className} ${box.width}×${box.height}`),
        };
      });
      assert.ok(!wide, `${where} is too wide`);
      assert.deepEqual(small, [], `${where}: too small for a finger`);
    };

    await visitor.until(() => document.getElementById('pill').textContent.length > 3);
    await fits('idle');
    await page.tap('#talk');
    await visitor.state('listening');
    await visitor.passes(1);
    await page.tap('#talk');
    await visitor.state('speaking');
    await fits('speaking');
    const dock = await page.locator('#dock').boundingBox();
    assert.ok(dock.height <= 208, `the dock is ${dock.height} px high`);
    assert.ok(dock.y + dock.height <= size.height + 0.5, 'the dock is not on the screen');
    await visitor.state('idle');
    await page.tap('.it .more');
    await fits('details');
    await page.tap('#open-type');
    await page.fill('#text', 'What can you do?');
    await page.press('#text', 'Enter');
    await visitor.state('speaking');
    await page.tap('#talk');
    await visitor.state('idle');
    await page.tap('#open-rail');
    await fits('rail');
    await page.tap('#close-rail');
    for (const sheet of ['settings', 'engines']) {
      await page.tap(`#open-${sheet}`);
      await fits(sheet);
      await page.tap(`#${sheet} [data-close]`);
    }
    await visitor.close();
  });
}

test('the interface speaks Hindi, in every word', async () => {
  const english = await server.json('/static/words/talk/en.json');
  const visitor = await visit(chrome, server.url, { locale: 'hi-IN' });
  const { page } = visitor;

  await visitor.until(() => document.getElementById('pill').textContent.length > 3);
  assert.equal(await page.getAttribute('html', 'lang'), 'hi');
  await visitor.say(1);
  await visitor.answered();
  await page.click('.it .more');
  await page.click('#open-settings');

  const left = await page.evaluate((english) => {
    // What the built-in engines understand has to be said in English; names are names.
    const known = new Set(Object.entries(english)
      .filter(([name]) => !/^(chip_|language_name)/.test(name))
      .map(([, words]) => words)
      .filter((words) => /[a-z]{4}/i.test(words) && !words.includes('{')));
    const shown = [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility());
    const texts = shown.flatMap((one) => [
      ...[...one.childNodes].filter((node) => node.nodeType === 3).map((node) => node.textContent.trim()),
      one.getAttribute('aria-label') ?? '',
      one.getAttribute('title') ?? '',
      one.getAttribute('placeholder') ?? '',
    ]);
    return texts.filter((text) => known.has(text));
  }, english);
  assert.deepEqual(left, []);

  await page.selectOption('#set-language', 'es');
  await page.waitForURL('**/c/**');
  await visitor.until(() => document.documentElement.lang === 'es');
  await visitor.close();
});

test('every catalogue has every word, with what is to be filled in', async () => {
  for (const page of ['talk', 'test', 'login']) {
    const english = await server.json(`/static/words/${page}/en.json`);
    const blanks = (words) => (words.match(/\{\w+\}/g) ?? []).sort().join();
    for (const language of ['es', 'hi']) {
      const words = await server.json(`/static/words/${page}/${language}.json`);
      assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort(), `${page} ${language}`);
      const wrong = Object.keys(english).filter((name) => blanks(words[name]) !== blanks(english[name]));
      assert.deepEqual(wrong, [], `${page} ${language}`);
    }
  }
});
