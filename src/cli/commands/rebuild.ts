import { type CommandGroup, command, flag, negated, text } from '../command.ts'
import { by, json, reason, yes } from './shared-options.ts'

export const rebuildTable = command({
  name: 'rebuild',
  summary: 'rebuild a feed table from its topic, and switch to it',
  takes: '<table>',
  about: `The table is universal_products, or its feed: products, inventory, prices, images; for --switch, --undo and --drop also the id of a
rebuild. The projector role builds it beside the live table and keeps it up to date. The command waits until it is ready and
shows the differences.`,
  options: {
    preview: flag('print the number of events, without starting'),
    switch: flag('make the rebuilt table live; cursors of readers expire, and they start again'),
    undo: flag(
      'make the table from before the switch live again, with all later changes; possible for a day, or until the next rebuild',
    ),
    drop: flag('remove the rebuilt table; the live table is unchanged'),
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
  summary: 'list rebuilds, newest first',
  takes: '',
  options: { by: text('who', 'who runs the command'), json },
  examples: ['waldstream rebuild list'],
})

export const rebuild: CommandGroup = {
  name: 'rebuild',
  summary: 'rebuild a feed table from its topic; list, --switch, --undo, --drop',
  own: rebuildTable,
  commands: [rebuildList],
}
