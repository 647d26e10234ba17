import { type CommandGroup, command, flag, text } from '../command.ts'
import { by, json, limit, reason } from './shared-options.ts'

export const replayStart = command({
  name: 'replay',
  summary: 'replay stored events of a topic through a processor',
  takes: '<topic>',
  about: `For example after a change of the mapping. Replays the latest version of each key, or all with --all-versions. The producer
role does it.`,
  options: {
    to: text('processor', 'the processor, for example map-products; required'),
    connection: text('id', 'for one connection'),
    source: text('id', 'events of one source'),
    key: text('key', 'one key: SKU, order number'),
    from: text('time', 'appended at this time (ISO 8601) or later'),
    toTime: text('time', 'appended before this time (ISO 8601)'),
    offsets: text('ranges', 'offsets by partition, such as 0:100-200,3:5-'),
    allVersions: flag('send every version of a key'),
    rate: text('n', 'events per second (default: 500, at most 10000)'),
    preview: flag(
      'show the number of events, keys and connections, and the effects of the newest five, without sending them',
    ),
    wait: flag('wait until it has ended, and show its progress; the exit code is 1 if it failed'),
    reason,
    by,
    json,
  },
  examples: [
    'waldstream replay products --to map-products --connection shop-vendor --preview',
    'waldstream replay products --to map-products --connection shop-vendor --wait',
  ],
})

export const replayList = command({
  name: 'replay list',
  summary: 'list replays, newest first',
  takes: '',
  options: { limit: limit(50, 10_000), json },
  examples: ['waldstream replay list'],
})

export const replayShow = command({
  name: 'replay show',
  summary: 'show one replay',
  takes: '<id>',
  options: { json },
  examples: ['waldstream replay show replay-2026'],
})

export const replayCancel = command({
  name: 'replay cancel',
  summary: 'end a replay',
  takes: '<id>',
  options: { by, json },
  examples: ['waldstream replay cancel replay-2026'],
})

export const replay: CommandGroup = {
  name: 'replay',
  summary: 'replay stored events through a processor; list, show, cancel',
  own: replayStart,
  commands: [replayList, replayShow, replayCancel],
}
