import { command } from '../command.ts'
import { json } from './shared-options.ts'

export const test = command({
  name: 'test',
  summary: 'run the mapping tests of a folder',
  takes: '<dir>',
  about: `Checks a configuration folder and runs its mapping tests (documents "kind: mapping-test"). Prints the differences, field by
field. The exit code is 1 when a test fails.`,
  options: { json },
  examples: ['waldstream test config/demo'],
})
