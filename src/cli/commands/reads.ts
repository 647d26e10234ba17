import { type CommandGroup, command, text } from '../command.ts'
import { by, json, yes } from './shared-options.ts'

export const readsList = command({
  name: 'reads list',
  summary: 'list reads with their schedules and cut dates',
  takes: '',
  options: { json },
  examples: ['waldstream reads list'],
})

export const readsShow = command({
  name: 'reads show',
  summary: 'show one read with its lease and last windows',
  takes: '<read>',
  options: { json },
  examples: ['waldstream reads show shop.orders.all'],
})

export const readsSetCutDate = command({
  name: 'reads set-cut-date',
  summary: 'set the time from which the next run reads',
  takes: '<read>',
  about: `Needs the current revision ("reads show" prints it), or --yes after it printed the effects. Refused while a run of the read
is in progress.`,
  options: {
    cutDate: text('time|none', 'the new cut date (ISO 8601); none starts at startFrom again; required'),
    reason: text('text', 'why; required'),
    revision: text('n', 'the current revision of the read'),
    yes,
    by,
    json,
  },
  examples: [
    'waldstream reads set-cut-date shop.orders.all --cut-date 2026-01-31T00:00:00Z --reason "read again" --yes',
  ],
})

export const reads: CommandGroup = {
  name: 'reads',
  summary: 'reads with their schedules, cut dates and windows: list, show, set-cut-date',
  commands: [readsList, readsShow, readsSetCutDate],
  usual: 'list',
}
