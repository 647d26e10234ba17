import { command, text } from '../command.ts'
import { after, json, limit } from './shared-options.ts'

export const changes = command({
  name: 'changes',
  summary: 'list who changed what in the configuration, and when',
  takes: '',
  about: 'Changes of the configuration and of cut dates, newest first. --json has the values before and after.',
  options: {
    kind: text('system|connection|product-metadata|recipient|subscription|cut-date', 'changes of one kind'),
    id: text('id', 'changes of one document'),
    by: text('who', 'changes by one person'),
    from: text('time', 'at this time (ISO 8601) or later'),
    to: text('time', 'before this time (ISO 8601)'),
    limit: limit(50, 1000),
    after,
    json,
  },
  examples: ['waldstream changes --kind connection --id shop-vendor'],
})
