import { type CommandGroup, command, flag, text } from '../command.ts'
import { after, by, json, limit, reason, showPersonal } from './shared-options.ts'

/** Filters of dead letters that are not named by id. */
const which = {
  state: text('open|retrying|resolved|discarded', 'their state (default for retry and discard: open)'),
  stage: text('name', 'the stage they failed at'),
  connection: text('id', 'their connection'),
  code: text('code', 'their error code'),
  key: text('key', 'the key of the record: SKU, order number'),
  groupId: text('id', 'a group, as list --group shows it; its first characters are enough'),
  from: text('time', 'first failed at this time (ISO 8601) or later'),
  to: text('time', 'first failed before this time (ISO 8601)'),
}

const many = {
  ...which,
  all: flag('all open dead letters, without any other filter'),
  limit: text('n', 'maximum number to change (default: 100, at most 10000)'),
  dryRun: flag('show which would be changed, without changing them'),
  reason,
  by,
  json,
}

export const deadLettersList = command({
  name: 'dead-letters list',
  summary: 'list dead letters, newest first',
  takes: '',
  options: { ...which, group: flag('group them by cause'), limit: limit(100, 500), after, json },
  examples: ['waldstream dead-letters list --state open', 'waldstream dead-letters list --group'],
})

export const deadLettersShow = command({
  name: 'dead-letters show',
  summary: 'show one: the event, its place in the topic, its history',
  takes: '<id>',
  options: {
    raw: flag('write only the original bytes; for an order this needs --show-personal'),
    asTest: flag('write a mapping test of it for the configuration folder (see "waldstream test")'),
    showPersonal,
    json,
  },
  examples: ['waldstream dead-letters show 4f2a91', 'waldstream dead-letters show 4f2a91 --as-test > test.yaml'],
})

export const deadLettersRetry = command({
  name: 'dead-letters retry',
  summary: 'append the original records to their topics again',
  takes: '[ids...]',
  about: `Takes ids, or filters that choose open dead letters, or --all. A dead letter that was retried 5 times needs --force and
--reason.`,
  options: {
    ...many,
    preview: flag('for one id: show the result with the current configuration, without sending it'),
    remap: flag("map a vendor's order again with the current order map, instead of sending it as it failed"),
    rate: text('n', 'retries per second (default: 10, at most 100)'),
    force: flag('also retry dead letters that were retried 5 times already'),
    showPersonal,
  },
  examples: [
    'waldstream dead-letters retry 4f2a91',
    'waldstream dead-letters retry --connection shop-vendor --code item_missing',
  ],
})

export const deadLettersDiscard = command({
  name: 'dead-letters discard',
  summary: 'close dead letters that need no delivery; the records stay in the topic',
  takes: '[ids...]',
  about:
    'Takes ids, or filters that choose open dead letters, or --all. Without --yes it prints their number and stops.',
  options: { ...many, yes: flag('confirm it') },
  examples: ['waldstream dead-letters discard 4f2a91 --reason "test order" --yes'],
})

export const deadLetters: CommandGroup = {
  name: 'dead-letters',
  summary: 'records that failed: list, show, retry, discard',
  commands: [deadLettersList, deadLettersShow, deadLettersRetry, deadLettersDiscard],
}
