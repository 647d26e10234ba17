import { command, flag, text } from '../command.ts'
import { after, json, limit, showPersonal } from './shared-options.ts'

export const stage = command({
  name: 'stage',
  summary: 'list what is staged towards the shop or the ERP',
  takes: '<view> <connection> <entity>',
  about: `View "frontend" is towards the shop (products, inventory, images, fulfilments), "backend" towards the ERP (orders). The last
changed first: status, answer of the target, and where the events are.`,
  options: {
    status: text('processing|waiting|succeeded|failed|ignored|superseded|canceled|unknown', 'those of one status'),
    key: text('key', 'one key: SKU, order number'),
    since: text('time', 'changed at this time (ISO 8601) or later'),
    until: text('time', 'changed before this time (ISO 8601)'),
    events: flag('also print what was read and what was mapped; --json always has it'),
    raw: flag("also print the source's own text"),
    showPersonal,
    limit: limit(50, 200),
    after,
    json,
  },
  examples: ['waldstream stage backend shop-vendor orders --status failed'],
  choices: { view: ['frontend', 'backend'], entity: ['products', 'inventory', 'images', 'fulfilments', 'orders'] },
})
