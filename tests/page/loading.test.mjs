/** How the page arrives: small, without a jump, and ready soon. */

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { together, visit } from './house.mjs';

const { server, chrome } = await together();

test('the first load takes no more than 100 KB, and nothing jumps', async (context) => {
  for (const viewport of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
    const visitor = await visit(chrome, 'about:blank', {
      viewport,
      serviceWorkers: 'block',
      allowed: [/Service Worker registration blocked/],
    });
    const { page } = visitor;
    const network = await page.context().newCDPSession(page);
    await network.send('Network.enable');
    let bytes = 0;
    network.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength));
    await page.addInitScript(() => {
      window.shifted = 0;
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
      }).observe({ type: 'layout-shift', buffered: true });
    });

    await page.goto(server.url);
    await visitor.until(() => document.getElementById('pill').textContent.length > 3);

    const { shifted, ready, painted } = await page.evaluate(() => ({
      shifted: window.shifted,
      // Modules have run by then: the button answers.
      ready: performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd,
      painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,
    }));
    const told = `${viewport.width} px: ${bytes} bytes, first paint ${Math.round(painted)} ms, ` +
      `interactive ${Math.round(ready)} ms, layout shift ${shifted.toFixed(4)}`;
    context.diagnostic(told);
    assert.ok(bytes <= 100 * 1024, told);
    assert.ok(shifted < 0.01, told);
    await visitor.close();
  }
});
