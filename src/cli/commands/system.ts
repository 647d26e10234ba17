import { command } from '../command.ts'
import { json } from './shared-options.ts'

export const system = command({
  name: 'system',
  summary: 'show the installation: processes, consumers, topics, tables, versions',
  takes: '',
  about: `Processes with their roles, consumer groups with their lag, topics, tables and versions. "waldstream doctor" checks whether
all of it works.`,
  options: { json },
  examples: ['waldstream system'],
})
