import { command } from '../command.ts'
import { json } from './shared-options.ts'

export const status = command({
  name: 'status',
  summary: 'show the state of each connection, and what needs attention',
  takes: '',
  about: `By connection: when each read last succeeded, how long the deliveries of the last hour took, what is in processing, waits or
failed and since when, what is paused, which system does not answer, its concurrent calls, and the command that helps. The
exit code is 1 if something needs attention.`,
  options: { json },
  examples: ['waldstream status', 'waldstream status --json'],
})
