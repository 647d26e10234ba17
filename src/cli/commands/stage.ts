import { command, flag, text } from '../command.ts'
import { after, json, limit, showPersonal } from './shared-options.ts'

export const stage = command({
  name: 'stage',
  summary: 'list entities staged for the shop or the ERP',
  takes: '<view> <connection> <entity>',
  about: `View "frontend" is for the shop (products, inventory, prices, images, fulfilments), "backend" for the ERP (orders). Last changed
first: status, answer of the target, and places of the events.`,
  options: {
    status: text('processing|waiting|succeeded|failed|ignored|superseded|canceled|unknown', 'entities of one status'),
    key: text('key', 'one key: SKU, order number'),
    since: text('time', 'changed at this time (ISO 8601) or later'),
    until: text('time', 'changed before this time (ISO 8601)'),
    events: flag('also print the events as read and as mapped; --json always has them'),
    raw: flag("also print the source's own text"),
    showPersonal,
    limit: limit(50, 200),
    after,
    json,
  },
  examples: ['waldstream stage backend shop-vendor orders --status failed'],
  choices: {
    view: ['frontend', 'backend'],
    entity: ['products', 'inventory', 'prices', 'images', 'fulfilments', 'orders'],
  },
})
