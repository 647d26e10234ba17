import { existsSync } from 'node:fs'

/** The one without a window first: it draws the same, in four fifths of the CPU time. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

/** Where this machine has a browser: the one that `CHROMIUM` names, or the system's. */
export const chromiumPath = process.env['CHROMIUM'] ?? PLACES.find(existsSync)

export const howToGetChromium = '"apt-get install chromium" brings one, CHROMIUM names another'
