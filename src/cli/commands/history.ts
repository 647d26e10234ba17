import { command, text } from '../command.ts'
import { json, limit } from './shared-options.ts'

export const history = command({
  name: 'history',
  summary: 'show the changes of a SKU in the feeds',
  takes: '<connection> <sku>',
  about: 'Newest first: changed fields, time, and the run that read the change. Searches the topics backwards.',
  options: {
    feed: text('products|inventory|prices|images', 'one feed (default: all)'),
    since: text('time', 'look back no further than this time (ISO 8601)'),
    limit: limit(20, 200),
    json,
  },
  examples: ['waldstream history shop-vendor WLD-100 --feed inventory'],
})
