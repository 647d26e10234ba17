import { type CommandGroup, command, flag, text } from '../command.ts'
import { by, json, reason } from './shared-options.ts'

export const subscriptionsList = command({
  name: 'subscriptions list',
  summary: 'list the subscriptions with their progress, and why one is failing',
  takes: '',
  options: { json },
  examples: ['waldstream subscriptions list'],
})

export const subscriptionsReplay = command({
  name: 'subscriptions replay',
  summary: 'replay events of a subscription from a time or a cursor, or skip the events before it',
  takes: '<subscription>',
  about: `The subscription continues from there, even if it was paused. Events keep their ids. Events of orders are
stored for 30 days; for stock, the current state of each SKU that changed since is sent.`,
  options: {
    from: text('time', 'events at this time (ISO 8601) or later'),
    cursor: text('text', 'instead of a time: a cursor of "subscriptions list --json" or of the API'),
    preview: flag('count the events from there on without sending them'),
    by,
    json,
  },
  examples: ['waldstream subscriptions replay seller --from 2026-11-29T08:00:00Z --preview'],
})

export const subscriptionsResume = command({
  name: 'subscriptions resume',
  summary: 'resume a failing or paused subscription at once',
  takes: '<subscription>',
  options: { by, json },
  examples: ['waldstream subscriptions resume seller'],
})

export const subscriptionsSkip = command({
  name: 'subscriptions skip',
  summary: 'skip an event that the receiver refuses, and send the later events of its order or SKU',
  takes: '<subscription>',
  options: { event: text('id', 'id of the event, from "subscriptions list"'), reason, by, json },
  examples: ['waldstream subscriptions skip seller --event evt_1f… --reason "the shop deleted the order"'],
})

export const subscriptions: CommandGroup = {
  name: 'subscriptions',
  summary: 'subscriptions to events of orders and stock: list, replay, resume, skip',
  commands: [subscriptionsList, subscriptionsReplay, subscriptionsResume, subscriptionsSkip],
  usual: 'list',
}
