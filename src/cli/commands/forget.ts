import { command, flag, text } from '../command.ts'
import { by, json } from './shared-options.ts'

export const forget = command({
  name: 'forget',
  summary: 'destroy the personal data of a person',
  takes: '<person>',
  about: `The person is an e-mail address, or system:customer. The keys that topics are encrypted with are destroyed, and what tables
hold of the person is removed. What was searched, and what it held before and after, is printed; the exit code is 1 where
something is left. Orders placed later are not touched. It can not be undone, and it does not reach shops and ERPs.`,
  options: {
    confirm: text('person', 'the same person once more; required without --dry-run'),
    dryRun: flag('show what would be destroyed, and destroy nothing'),
    by,
    json,
  },
  examples: [
    'waldstream forget zoe@example.com --dry-run',
    'waldstream forget zoe@example.com --confirm zoe@example.com',
  ],
})
