import { command, list, text } from '../command.ts'
import { json, showPersonal } from './shared-options.ts'

export const preview = command({
  name: 'preview',
  summary: 'show what a changed mapping would change, before it is applied',
  takes: '<dir>',
  about: `Maps the last events of a connection with the applied configuration and with the folder's, and prints what would change,
field by field. Nothing is applied.`,
  options: {
    connection: text('id', 'the connection; required'),
    entity: text('products|orders', 'what is mapped (default: products)'),
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
