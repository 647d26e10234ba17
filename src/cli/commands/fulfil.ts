import { type CommandGroup, command, flag, list, text } from '../command.ts'
import { by, json, source } from './shared-options.ts'

const shared = {
  connection: text('id', 'whose part of the order; required'),
  source,
  dryRun: flag('show what the shop would receive, without sending it'),
  by,
  json,
}

export const fulfilConfirm = command({
  name: 'fulfil confirm',
  summary: "confirm a vendor's part of an order",
  takes: '<number>',
  options: shared,
  examples: ['waldstream fulfil confirm 000000001 --connection shop-vendor'],
})

export const fulfilShip = command({
  name: 'fulfil ship',
  summary: "report a shipment of a vendor's part of an order",
  takes: '<number>',
  about: `Without --line all open quantities are shipped; "waldstream order" shows the lines. The same content, or the same --key,
is the same shipment: sending it again does not create a second one.`,
  options: {
    ...shared,
    line: list('id=pieces', 'a line and its quantity; may be repeated'),
    track: list('number', 'a tracking number; may be repeated'),
    carrier: text('name', 'the carrier of the tracking numbers'),
    key: text('key', 'your own key for the shipment'),
  },
  examples: ['waldstream fulfil ship 000000001 --connection shop-vendor --line 1404=2 --track 1Z999 --carrier UPS'],
})

export const fulfil: CommandGroup = {
  name: 'fulfil',
  summary: "report what a vendor did with its part of an order, if its ERP isn't read",
  commands: [fulfilConfirm, fulfilShip],
}
