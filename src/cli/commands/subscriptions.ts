import { type CommandGroup, command, flag, text } from '../command.ts'
import { by, json } from './shared-options.ts'

export const subscriptionsList = command({
  name: 'subscriptions list',
  summary: 'list the subscriptions: how far each was sent its events, and why one is not',
  takes: '',
  options: { json },
  examples: ['waldstream subscriptions list'],
})

export const subscriptionsReplay = command({
  name: 'subscriptions replay',
  summary: 'send a subscription its events again from a time or a cursor, or skip those before it',
  takes: '<subscription>',
  about: `The subscription goes on from there, also where it was paused. Events have the ids they had before. Those of orders are
kept for 30 days; of stock, each SKU that changed since is sent as it is now.`,
  options: {
    from: text('time', 'what happened at this time (ISO 8601) or later'),
    cursor: text('text', 'instead of a time: a cursor of "subscriptions list --json" or of the API'),
    preview: flag('show how many events there are from there on; send nothing'),
    by,
    json,
  },
  examples: ['waldstream subscriptions replay seller --from 2026-11-29T08:00:00Z --preview'],
})

export const subscriptionsResume = command({
  name: 'subscriptions resume',
  summary: 'send a subscription that failed or was paused what it lacks, now',
  takes: '<subscription>',
  options: { by, json },
  examples: ['waldstream subscriptions resume seller'],
})

export const subscriptions: CommandGroup = {
  name: 'subscriptions',
  summary: 'who is sent events of orders and stock: list, replay, resume',
  commands: [subscriptionsList, subscriptionsReplay, subscriptionsResume],
  usual: 'list',
}
