import { command, list, text } from '../command.ts'
import { json, showPersonal } from './shared-options.ts'

export const preview = command({
  name: 'preview',
  summary: 'show the effect of a changed mapping before it is applied',
  takes: '<dir>',
  about: `Maps the last events of a connection with the applied configuration and with the folder's, and prints the changes, field by
field, without applying them.`,
  options: {
    connection: text('id', 'the connection; required'),
    entity: text('products|orders', 'the entity to map (default: products)'),
    last: text('n', 'map the last n events (default: 100, at most 10000)'),
    sku: list('sku', 'map these products as they were last read instead, and print each rule; up to ten times'),
    showPersonal,
    json,
  },
  examples: [
    'waldstream preview config/demo --connection shop-vendor',
    'waldstream preview config/demo --connection shop-vendor --sku WLD-100',
  ],
})
