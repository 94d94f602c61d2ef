/** Light or dark, and in which language: the same for all pages. */

import { byId } from './dom.js';
import { follow } from './settings.js';

/** Looks as it is set, and lets the language be chosen. */
export function looks() {
  follow(({ theme }) => {
    if (theme === 'system') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  });
  const tongue = byId('set-language');
  tongue.addEventListener('change', () => {
    document.cookie = `language=${tongue.value}; path=/; max-age=31536000; samesite=lax`;
    location.reload();
  });
}
