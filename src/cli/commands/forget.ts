import { command, flag, text } from '../command.ts'
import { by, json } from './shared-options.ts'

export const forget = command({
  name: 'forget',
  summary: 'destroy the personal data of a person',
  takes: '<person>',
  about: `The person is an e-mail address, or system:customer. Destroys the keys that encrypt the person's data in topics, and removes
their data from tables. Prints the topics and tables searched, with the number of records before and after; the exit code
is 1 if some data is left. Orders placed later are not changed. It cannot be undone, and does not affect shops and ERPs.`,
  options: {
    confirm: text('person', 'the same person again; required without --dry-run'),
    dryRun: flag('show what would be destroyed, without destroying it'),
    by,
    json,
  },
  examples: [
    'waldstream forget zoe@example.com --dry-run',
    'waldstream forget zoe@example.com --confirm zoe@example.com',
  ],
})
