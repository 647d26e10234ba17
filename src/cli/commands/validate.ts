import { command } from '../command.ts'
import { json } from './shared-options.ts'

export const validate = command({
  name: 'validate',
  summary: 'check a folder of configuration',
  takes: '<dir>',
  about: 'Checks every YAML file of the folder and reports every mistake with its file, line and fix.',
  options: { json },
  examples: ['waldstream validate config/demo'],
})
