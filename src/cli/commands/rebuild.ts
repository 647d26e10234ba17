import { type CommandGroup, command, flag, negated, text } from '../command.ts'
import { by, json, reason, yes } from './shared-options.ts'

export const rebuildTable = command({
  name: 'rebuild',
  summary: 'rebuild a feed table from its topic, and switch to it',
  takes: '<table>',
  about: `The table is universal_products, or its feed: products, inventory, images; for --switch, --undo and --drop also the id of a
rebuild. It is built beside the live one, by the projector role, which also keeps it up to date. The command waits until it
is ready and shows what would change.`,
  options: {
    preview: flag('say how many events it would be, and start nothing'),
    switch: flag('readers get the rebuilt table from now on; their cursors expire and they start again'),
    undo: flag(
      'readers get the table from before the switch again, with everything that came since; possible for a day, or until the next rebuild',
    ),
    drop: flag('remove the rebuilt table; the live table stays as it is'),
    yes,
    wait: negated('return as soon as it is requested'),
    reason,
    by,
    json,
  },
  examples: ['waldstream rebuild products', 'waldstream rebuild products --switch --yes'],
})

export const rebuildList = command({
  name: 'rebuild list',
  summary: 'list rebuilds, the newest first',
  takes: '',
  options: { by: text('who', 'who asks'), json },
  examples: ['waldstream rebuild list'],
})

export const rebuild: CommandGroup = {
  name: 'rebuild',
  summary: 'rebuild a feed table from its topic; list, --switch, --undo, --drop',
  own: rebuildTable,
  commands: [rebuildList],
}
