/** The testers' page: puts its rooms together. */

import { byId } from '../talk/dom.js';
import { capabilities } from '../talk/server.js';
import { follow } from '../talk/settings.js';
import { Checks } from './checks.js';
import { Clips } from './clips.js';
import { intake } from './intake.js';
import { Renderings } from './renderings.js';

/** How long a clip may be where the server does not say, in seconds. */
const LONGEST = 30;

/** What the server allows, once it has said so. @type {any} */
let limits = {};
capabilities().then((able) => (limits = able.limits), () => {});

const clips = new Clips({
  changed: () => renderings.refresh(),
  use: (card) => renderings.use(card),
});
const renderings = new Renderings(() => clips.cards);
intake((files) => clips.bring(files), () => limits.audio_seconds ?? LONGEST);
new Checks();

follow(({ theme }) => {
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
});

const tongue = byId('set-language');
tongue.addEventListener('change', () => {
  document.cookie = `language=${tongue.value}; path=/; max-age=31536000; samesite=lax`;
  location.reload();
});
