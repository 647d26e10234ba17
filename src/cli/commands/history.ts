import { command, text } from '../command.ts'
import { json, limit } from './shared-options.ts'

export const history = command({
  name: 'history',
  summary: 'show what changed of a SKU in the feeds, and when',
  takes: '<connection> <sku>',
  about: 'The newest first: field by field, when, and the run that read it. Looks back through the topics.',
  options: {
    feed: text('products|inventory|images', 'one feed (default: all)'),
    since: text('time', 'look back no further than this time (ISO 8601)'),
    limit: limit(20, 200),
    json,
  },
  examples: ['waldstream history shop-vendor WLD-100 --feed inventory'],
})
