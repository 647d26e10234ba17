import { command, flag, text } from '../command.ts'
import { json, reason } from './shared-options.ts'

export const sync = command({
  name: 'sync',
  summary: 'request a run of a read, for example shop.orders.all',
  takes: '<read>',
  options: {
    from: text('time', 'read again from this time (ISO 8601); the cut date stays'),
    queueUrl: text(
      'url',
      "drain this queue, which must be at the address of the read's system; it is deleted when it is empty and a connection that subscribes to the read has deleteDrainedQueues",
    ),
    sweep: flag(
      "find entities that are gone at the source and publish their deletions; fails without deleting when more than the read's sweep.mostGone are gone",
    ),
    preview: flag('with --sweep: do not delete; "waldstream tasks show" lists what is gone'),
    acceptDeletions: flag('with --sweep: delete any number'),
    reason,
    wait: flag('wait until the state of every entity is final; the exit code is 1 if it failed or took longer'),
    timeout: text('seconds', 'how long --wait waits (default: 600, at most 86400)'),
    json,
  },
  examples: [
    'waldstream sync shop.orders.all --wait',
    'waldstream sync shop.orders.all --from 2026-01-31 --reason "missing orders"',
  ],
})
