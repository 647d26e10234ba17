import { command, text } from '../command.ts'
import { after, json, limit } from './shared-options.ts'

export const audit = command({
  name: 'audit',
  summary: 'list who did what, who was refused, who read personal data',
  takes: '',
  about: 'Newest first. --json has the values before and after.',
  options: {
    who: text('name', 'entries of one person or key'),
    what: text('action', 'an action such as connection.put, or its first word: key finds key.create'),
    outcome: text('done|refused|failed', 'entries of one outcome'),
    since: text('time', 'at this time (ISO 8601) or later'),
    until: text('time', 'before this time (ISO 8601)'),
    limit: limit(50, 1000),
    after,
    json,
  },
  examples: ['waldstream audit --outcome refused', 'waldstream audit --who ann --since 2026-01-31'],
})
