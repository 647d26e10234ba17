import { type CommandGroup, command, text } from '../command.ts'
import { json, yes } from './shared-options.ts'

export const positionsList = command({
  name: 'positions list',
  summary: 'list the positions of a group',
  takes: '<group>',
  options: { json },
  examples: ['waldstream positions list deliver-vendor'],
})

export const positionsSet = command({
  name: 'positions set',
  summary: 'set the position of a group for partitions without a committed offset',
  takes: '<group>',
  about: `Takes effect for partitions without a committed offset; a running sink that waits for a position starts within 30 s. Without
--yes it prints the number of affected events and stops.`,
  options: { at: text('earliest|latest', 'where to resume; required'), yes, json },
  examples: ['waldstream positions set deliver-vendor --at latest --yes'],
})

export const positions: CommandGroup = {
  name: 'positions',
  summary: 'the offset a sink resumes from when the broker has lost it',
  commands: [positionsList, positionsSet],
}
