import { defineSystem } from '../system.ts'
import { createImageFeedClient } from './client.ts'
import { readImageFeedImages } from './read-images.ts'
import { addressProblem, clientSettings, secrets, settings } from './settings.ts'

/** A vendor's file of image addresses: CSV, JSON or XML over HTTP. */
export const imageFeed = defineSystem({
  type: 'image-feed',
  title: 'Image feed',
  secrets,
  settings,
  limits: { concurrency: 4 },
  addressProblem,
  connect: (system, deps) => createImageFeedClient(clientSettings(system), deps),
  sources: {
    images: {
      filter: {},
      open: ({ client, read, clock, notes }) => readImageFeedImages(client, read, { clock, notes }),
    },
  },
  sinks: {},
  faultRows: {
    'image-feed': {
      'past-the-end': 'a feed is one file without page numbers to request',
      'notice-twice': 'a feed sends no notifications',
      'notices-out-of-order': 'a feed sends no notifications',
      'other-zone': 'rows have no times, and HTTP dates are in GMT and returned unchanged',
    },
  },
})
