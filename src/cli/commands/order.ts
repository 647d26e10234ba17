import { type CommandGroup, command, flag, text } from '../command.ts'
import { after, by, json, limit, source } from './shared-options.ts'

const connection = text('id', "one vendor's part of the order (default: all parts, or the only one)")
const dryRun = flag('show the effect without doing it')
const yes = flag('confirm it; without this, the command prints the effect and stops')
const why = text('text', 'why; required')

export const orderShow = command({
  name: 'order',
  summary: 'show one order end to end: lines, amounts, every step',
  takes: '<number>',
  about: 'Each line and its vendor, the amounts by vendor, and everything that was read, decided, sent and answered.',
  options: { source, json },
  examples: ['waldstream order 000000001', 'waldstream order 000000001 --source shop --json'],
})

export const orderHold = command({
  name: 'order hold',
  summary: 'hold one order back from its vendors',
  takes: '<number>',
  about: `Its records wait, newer versions behind older ones; other orders continue. Prints for each part what can no longer be
held.`,
  options: {
    reason: why,
    until: text('time', 'release it at this time (ISO 8601; default: until somebody releases it)'),
    connection,
    source,
    dryRun,
    by,
    json,
  },
  examples: ['waldstream order hold 000000001 --reason "customer asked"'],
})

export const orderRelease = command({
  name: 'order release',
  summary: 'release a held order',
  takes: '<number>',
  about: 'Sends the newest waiting version within seconds.',
  options: { connection, source, dryRun, by, json },
  examples: ['waldstream order release 000000001'],
})

export const orderCancel = command({
  name: 'order cancel',
  summary: "cancel a vendor's part at the vendor",
  takes: '<number>',
  about: `Cancels the part at the vendor, whatever the shop changes later, and leaves the shop's order unchanged. Anything shipped or
billed stays.`,
  options: { reason: why, connection, source, dryRun, yes, by, json },
  examples: ['waldstream order cancel 000000001 --reason "sold out" --dry-run'],
})

export const orderResend = command({
  name: 'order resend',
  summary: "send a vendor's part again, for example if the vendor lost it",
  takes: '<number>',
  about:
    'For an order that the vendor accepted and lost, or that was canceled by hand. An order that exists there is not duplicated.',
  options: { reason: why, connection, source, dryRun, yes, by, json },
  examples: ['waldstream order resend 000000001 --reason "lost in the ERP" --yes'],
})

export const orderHolds = command({
  name: 'order holds',
  summary: 'list held orders, those held longest first',
  takes: '',
  options: { connection: text('id', 'orders of one connection'), limit: limit(50, 200), after, json },
  examples: ['waldstream order holds'],
})

export const order: CommandGroup = {
  name: 'order',
  summary: 'one order end to end; hold, release, cancel, resend',
  own: orderShow,
  commands: [orderHold, orderRelease, orderCancel, orderResend, orderHolds],
}
