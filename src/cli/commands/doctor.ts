import { command, text } from '../command.ts'
import { json } from './shared-options.ts'

export const doctor = command({
  name: 'doctor',
  summary: 'check that everything configured works',
  takes: '[dir]',
  about: `Checks brokers, topics, schemas, tables, and the credentials and clocks of every system, without changing or creating
anything. The systems are those of the tables, or of a folder. Each line is ok, warn or fail, with the fix; the exit code
is 1 when any check failed.`,
  options: { timeout: text('seconds', 'for each check (default: 15, at most 300)'), json },
  examples: ['waldstream doctor', 'waldstream doctor config/demo --timeout 30'],
})
